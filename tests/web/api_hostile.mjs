// Bad and hostile requests made from a good one: each with one thing wrong.
const DEEP = 900; // below cJSON's own limit of 1000 levels, then far above it
const deep = (levels) => '['.repeat(levels) + ']'.repeat(levels);

/** In the place of a field: every wrong type, and texts that mean something to somebody. */
const VALUES = {
  null: null, true: true, zero: 0, 'negative': -1, 'a fraction': 1.5, 'beyond 53 bits': 9007199254740993, 'a huge number': 1e308,
  'an empty text': '', 'a long text': 'x'.repeat(3000), 'a very long text': '待'.repeat(70000), NUL: 'a\0b', 'control characters': '\x01\x1b[2J\r\nX: y', SQL: "'; DROP TABLE log; --",
  HTML: '<script>alert(1)</script>', 'half a character': '\ud800', 'a path': '../../etc/passwd', 'an empty list': [], 'an empty object': {}, 'a list of lists': [[[[]]]],
};
const FEW = ['null', 'negative', 'an empty text', 'a very long text', 'NUL', 'half a character', 'an empty object'];

/** In the place of a part of the path or the query. */
const TEXTS = {
  'another UUID': '00000000-0000-4000-8000-000000000000', 'capital letters': '00000000-0000-4000-8000-00000000000A', SQL: "1' OR '1'='1", HTML: '<script>alert(1)</script>', 'a path': '../../etc/passwd',
  'dots': { raw: '%2e%2e' }, NUL: { raw: 'a%00b' }, 'a line break': { raw: 'a%0d%0aX:%20y' }, 'no UTF-8': { raw: '%ff%fe' }, 'half a code': { raw: 'a%4' }, 'a long one': 'x'.repeat(126), 'a very long one': 'x'.repeat(1500),
  'Japanese': '待合', 'a huge number': '99999999999999999999', 'negative': '-1', 'a fraction': '1.5', 'hexadecimal': '0x10',
};

const BODIES = {
  'nothing': Buffer.alloc(0), 'no JSON': Buffer.from('hello'), 'half of JSON': Buffer.from('{"a":'), 'JSON and more': Buffer.from('{} {}'), 'a list': Buffer.from('[]'), 'a text': Buffer.from('"x"'), 'null': Buffer.from('null'),
  'deep JSON': Buffer.from(`{"a":${deep(DEEP)}}`), 'bottomless JSON': Buffer.from(`{"a":${deep(100000)}}`), 'NUL bytes': Buffer.from('{"a":1}\0\0'), 'nothing but NUL': Buffer.alloc(64), 'no UTF-8': Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
  'a byte order mark': Buffer.from('\ufeff{}'), 'keys twice': Buffer.from('{"a":1,"a":2}'), '300 KB': Buffer.from(`{"a":"${'x'.repeat(300 * 1024)}"}`), 'many fields': Buffer.from(`{${Array.from({ length: 20000 }, (_, i) => `"f${i}":1`).join()}}`),
};
const TYPES = ['text/plain', 'application/xml', 'multipart/form-data; boundary=x', 'application/x-www-form-urlencoded', 'application/json; charset=utf-7', 'x'];

const isObject = (value) => value !== null && typeof value === 'object' && !Buffer.isBuffer(value);

/** Every copy of a value with one field of it wrong, missing, or one too many. */
function* wrongFields(value, path = '', depth = 0) {
  for (const key of Object.keys(value)) {
    const where = path + (Array.isArray(value) ? `[${key}]` : `.${key}`), put = (one) => (Array.isArray(value) ? value.map((old, i) => (i === Number(key) ? one : old)) : { ...value, [key]: one });
    for (const [what, wrong] of Object.entries(VALUES)) if (depth < 2 || FEW.includes(what)) yield [`${where} is ${what}`, put(wrong)];
    if (!Array.isArray(value)) yield [`${where} is missing`, Object.fromEntries(Object.entries(value).filter(([name]) => name !== key))];
    else yield [`${where} a thousand times`, Array(1000).fill(value[key])];
    if (isObject(value[key])) for (const [what, one] of wrongFields(value[key], where, depth + 1)) yield [what, put(one)];
  }
  if (!Array.isArray(value)) yield [`${path} has an unknown field`, { ...value, 'unknown "field" <b>': VALUES['a long text'] }];
}

/** [what is wrong, request], of an operation that is asked as its example shows it. */
export function* hostile(operation, request) {
  for (const place of ['params', 'query']) {
    for (const name of Object.keys(request[place])) {
      for (const [what, wrong] of Object.entries(TEXTS)) yield [`${name} is ${what}`, { ...request, [place]: { ...request[place], [name]: wrong } }];
      if (place === 'query') yield [`${name} is missing`, { ...request, query: Object.fromEntries(Object.entries(request.query).filter(([one]) => one !== name)) }];
    }
  }
  yield ['an unknown query', { ...request, query: { ...request.query, 'a[]': 'x', '%00': { raw: '%zz' } } }];
  for (const { name } of operation.parameters.filter((one) => one.in === 'header')) for (const wrong of ['', '-1', 'x', '99999999999999999999', '"', "1' OR '1'='1"]) yield [`${name}: ${wrong}`, { ...request, headers: { ...request.headers, [name]: wrong } }];
  if (operation.body) {
    for (const [what, body] of Object.entries(BODIES)) yield [`the body is ${what}`, { ...request, body }];
    for (const type of TYPES) yield [`the body is called ${type}`, { ...request, type }];
    if (isObject(request.body)) for (const [what, body] of wrongFields(request.body)) yield [what, { ...request, body }];
  } else if (operation.method !== 'GET') {
    yield ['a body where none belongs', { ...request, body: BODIES['deep JSON'], type: 'application/json' }];
  }
  if (!operation.secured) return;
  const { Cookie, Authorization, 'X-CSRF-Token': csrf, ...others } = request.headers;
  for (const [what, headers] of Object.entries({ 'nobody': {}, 'a guessed session': { Cookie: 'machiai_session=AAAA', 'X-CSRF-Token': csrf ?? 'x' }, 'a long cookie': { Cookie: `machiai_session=${'x'.repeat(1800)}` }, 'thirty cookies': { Cookie: 'a=b; '.repeat(30) },
    'a guessed token': { Authorization: 'Bearer AAAA' }, 'no scheme': { Authorization: 'x' }, 'another scheme': { Authorization: 'Basic YTpi' }, 'a long token': { Authorization: `Bearer ${'x'.repeat(1800)}` } }))
    yield [`asked by ${what}`, { ...request, headers: { ...others, ...headers } }];
  if (csrf) for (const wrong of [undefined, '', 'x', csrf.slice(1), `${csrf}x`]) yield [`CSRF token ${wrong === undefined ? 'missing' : 'wrong'}`, { ...request, headers: { ...others, Cookie, ...(wrong === undefined ? {} : { 'X-CSRF-Token': wrong }) } }];
}
