/* /q/{queue_id}/book: a turn from home, in a step for who, one for each person that needs one, and one to
 * look it over. */
import { html, useEffect, useLayoutEffect, useRef, useState } from './preact.js';
import { say, text } from './words.js';
import { Icon } from './icons.js';
import { Field } from './field.js';
import { Header, Loading, Phone, Title, japanese, keepTicket, language, sessionText, start } from './patient.js';

const id = decodeURIComponent(location.pathname.split('/')[2] ?? '');
const url = `/api/v1/queues/${encodeURIComponent(id)}`;
const GONE = { closed: 'closed', full: 'full', paused: 'paused', service_hours: 'closed', no_service: 'closed', already_booked: 'already', too_many_requests: 'wait' };

const uuid = () => (crypto.randomUUID ? crypto.randomUUID() : ([1e7] + -1e3 + -4e3 + -8e3 + -1e11).replace(/[018]/g, (c) => (c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (c / 4)))).toString(16)));
const person = (kind) => ({ ticket: uuid(), kind, card: '', year: '', month: '', day: '', service: '', known: false });
const digits = (value) => value.normalize('NFKC').trim();
const pad = (value, n) => digits(value).padStart(n, '0');
const birth = (one) => `${pad(one.year, 4)}-${pad(one.month, 2)}-${pad(one.day, 2)}`;
const birthOk = (one) => /^\d{4}-\d{2}-\d{2}$/.test(birth(one)) && !Number.isNaN(Date.parse(birth(one)));

/* { status, error, data, wait }: status 0 = no answer. */
async function send(path, body) {
  const answer = await fetch(url + path, { method: 'POST', cache: 'no-store', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }).catch(() => null);
  const data = await answer?.json().catch(() => null);
  return { status: answer?.status ?? 0, error: data?.error, data, wait: Math.ceil(Number(answer?.headers.get('Retry-After') ?? 60) / 60) };
}

const problemOf = (answer) => (answer.status === 0 || answer.status >= 500 ? { key: 'book.no.line' } : { key: `book.no.${GONE[answer.error] ?? 'closed'}`, n: answer.wait });

function Problem({ of }) {
  const box = useRef(null);
  useLayoutEffect(() => { if (of) box.current.focus(); }, [of]);
  return of && html`<div class="banner error" role="alert" tabindex="-1" ref=${box}><${Icon} name="warning" /><div><strong>${say(of.key)}</strong><p>${say(`${of.key}.help`, { n: of.n })}</p></div></div>`;
}

/* Each step begins with its heading, which takes the focus. */
function Step({ at, all, title, problem, next, busy, onNext, onBack, children }) {
  const head = useRef(null);
  useLayoutEffect(() => { head.current.focus(); window.scrollTo(0, 0); }, [at]);
  return html`<main><form novalidate onSubmit=${(e) => { e.preventDefault(); if (!busy) onNext(); }}>
    <p class="note">${say('book.step', { n: at + 1, all })}</p><div class="steps" aria-hidden="true">${Array.from({ length: all }, (_, i) => html`<i key=${i} class=${i <= at ? 'on' : ''}></i>`)}</div>
    <h1 tabindex="-1" ref=${head}>${title}</h1><${Problem} of=${problem} />${children}
    <div class="ways"><button type="submit" class="button first wide" aria-disabled=${busy ? 'true' : null}>${next}</button>
    ${onBack ? html`<button type="button" class="button text" onClick=${onBack}>${say('book.back')}</button>` : html`<a class="button text" href=${`/q/${id}`}>${say('book.stop')}</a>`}</div></form></main>`;
}

function Kind({ value, name, remote, onKind }) {
  const kinds = ['card', 'first'].filter((kind) => remote[kind]);
  return kinds.length > 1 && html`<div class="kinds" role="radiogroup" aria-label=${text('book.who')}>${kinds.map((kind) => html`<label key=${kind} class="choice"><input type="radio" name=${name} checked=${value === kind} onChange=${() => onKind(kind)} />
    <span>${say(`book.${kind}`)}<span class="note">${say(`book.${kind}.help`)}</span></span></label>`)}</div>`;
}

function Who({ remote, persons, setPersons }) {
  const count = (n) => setPersons([...persons.slice(0, n), ...Array.from({ length: Math.max(0, n - persons.length) }, () => person(persons[0].kind))]);
  const n = persons.length;
  return html`<${Kind} value=${persons[0].kind} name="kind" remote=${remote} onKind=${(kind) => setPersons([{ ...persons[0], kind, service: '' }, ...persons.slice(1)])} />
    ${remote.persons > 1 && html`<section><h2 class="label" id="count">${say('book.persons')}</h2><div class="count" role="group" aria-labelledby="count">
      <button type="button" class="button" aria-label=${text('book.less')} aria-disabled=${n === 1 ? 'true' : null} onClick=${() => n > 1 && count(n - 1)}>−</button>
      <output class="number" aria-live="polite">${say('book.persons.n', { n })}</output>
      <button type="button" class="button" aria-label=${text('book.more')} aria-disabled=${n === remote.persons ? 'true' : null} onClick=${() => n < remote.persons && count(n + 1)}>+</button></div>
      <p class="note">${say('book.persons.max', { n: remote.persons })}</p></section>`}`;
}

function Birth({ one, wrong, onChange }) {
  const part = (key, size, max) => html`<label class="part"><input id=${key} name=${`bday-${key}`} autocomplete=${`bday-${key}`} inputmode="numeric" size=${size} maxlength=${max} value=${one[key]}
    aria-invalid=${wrong ? 'true' : null} aria-describedby="birth-hint" onInput=${(e) => onChange({ [key]: e.target.value })} /><span>${say(`book.${key}`)}</span></label>`;
  return html`<fieldset class="field birth"><legend class="label">${say('book.birth')} <span class="mark">${say('book.required')}</span></legend><p class="note" id="birth-hint">${say('book.birth.hint')}</p>
    ${wrong && html`<p class="wrong"><${Icon} name="warning" size="20" />${say('book.birth.missing')}</p>`}<div class="inputs">${part('year', 4, 4)}${part('month', 2, 2)}${part('day', 2, 2)}</div></fieldset>`;
}

const fits = (service, kind) => service.for === 'all' || service.for === kind;

function Service({ services, one, onChange }) {
  const mine = services.filter((service) => fits(service, one.kind));
  return mine.length > 1 && html`<fieldset class="kinds"><legend class="label">${say('book.service')}</legend>${mine.map((service, i) => html`<label key=${service.id} class="choice"><input type="radio" name="service" checked=${one.service ? one.service === service.id : i === 0} onChange=${() => onChange({ service: service.id })} />
    <span lang=${japanese() || !service.name_en ? 'ja' : null}>${japanese() ? service.name : service.name_en || service.name}</span></label>`)}</fieldset>`;
}

function Person({ remote, one, first, tried, refused, onChange }) {
  const card = one.kind === 'card';
  return html`${!first && html`<${Kind} value=${one.kind} name=${`kind-${one.ticket}`} remote=${remote} onKind=${(kind) => onChange({ kind, service: '' })} />`}
    ${card && html`<${Field} id="card" label=${say('book.number')} mark=${say('book.required')} hint=${say('book.number.hint')} error=${tried && !digits(one.card) && say('book.number.missing')} wrong=${refused}
      value=${one.card} onInput=${(value) => onChange({ card: value })} autocomplete="off" inputmode="numeric" spellcheck="false" maxlength="24" />
      <${Birth} one=${one} wrong=${tried && !birthOk(one)} onChange=${onChange} />`}
    <${Service} services=${remote.services} one=${one} onChange=${onChange} />
    ${card && remote.first && html`<p class="note">${say('book.lost')}</p>`}`;
}

function Confirm({ view, persons, mail, setMail, wrongMail, read, setRead, tried }) {
  return html`<dl class="card lines"><div><dt>${say('book.session')}</dt><dd>${sessionText(view.session)}</dd></div>
    ${persons.map((one, i) => html`<div key=${one.ticket}><dt>${say('book.nth', { n: i + 1 })}</dt><dd>${one.kind === 'card' ? say('book.with', { card: digits(one.card) }) : say('book.first')}</dd></div>`)}
    <div><dt>${say('book.waits')}</dt><dd>${view.waiting ? say('waiting', { n: view.waiting }) : say('waiting.none')}</dd></div></dl>
    ${view.remote.mail && html`<${Field} id="mail" label=${say('book.mail')} mark=${say('book.optional')} hint=${say('book.mail.hint', { n: view.remote.come_now })} error=${wrongMail && say('book.mail.wrong')} value=${mail} onInput=${setMail}
      type="email" inputmode="email" autocomplete="email" autocapitalize="none" spellcheck="false" />`}
    <section class="message"><h2>${say('book.purpose')}</h2><p>${say('book.purpose.help')}</p></section>
    <div>${tried && !read && html`<p class="wrong" id="read-error"><${Icon} name="warning" size="20" />${say('book.read.missing')}</p>`}
    <label class="choice"><input id="read" type="checkbox" checked=${read} aria-invalid=${tried && !read ? 'true' : null} aria-describedby=${tried && !read ? 'read-error' : null} onChange=${(e) => setRead(e.target.checked)} /><span>${say('book.read')}</span></label></div>`;
}

const needsStep = (remote, one, i) => i > 0 || one.kind === 'card' || remote.services.filter((service) => fits(service, one.kind)).length > 1;

function Form({ view, choose }) {
  const { remote } = view;
  const [persons, setPersons] = useState(() => [person(remote.card ? 'card' : 'first')]);
  const [at, setAt] = useState(0);
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState(null);
  const [mail, setMail] = useState('');
  const [wrongMail, setWrongMail] = useState(false);
  const [read, setRead] = useState(false);
  const asked = persons.map((one, i) => i).filter((i) => needsStep(remote, persons[i], i));
  const all = asked.length + 2;
  const now = at > 0 && at <= asked.length ? asked[at - 1] : -1;
  const one = persons[now];
  const go = (to) => { setTried(false); setProblem(null); setAt(to); };
  const change = (values) => { setProblem(null); setPersons(persons.map((old, i) => (i === now ? { ...old, ...values } : old))); };

  async function check() {
    setTried(true);
    if (one.kind === 'card' && (!digits(one.card) || !birthOk(one))) { setProblem(null); document.getElementById(digits(one.card) ? 'year' : 'card').focus(); return; }
    if (one.kind === 'card') {
      setBusy(true);
      const answer = await send('/cards', { card: digits(one.card), birth: birth(one) });
      setBusy(false);
      if (answer.status === 422 || answer.status === 400) { setProblem({ key: 'book.wrong' }); return; }
      if (answer.status !== 204) { setProblem(problemOf(answer)); return; }
    }
    go(at + 1);
  }

  async function book() {
    setTried(true);
    setWrongMail(false);
    if (mail.trim() && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(mail.trim())) { setWrongMail(true); document.getElementById('mail').focus(); return; }
    if (!read) { document.getElementById('read').focus(); return; }
    setBusy(true);
    const answer = await send('/bookings', { purpose: true, persons: persons.map((who) => ({ ticket: who.ticket, ...(who.service && { service: who.service }), ...(who.kind === 'card' && { card: digits(who.card), birth: birth(who) }) })) });
    if (![200, 201].includes(answer.status)) { setBusy(false); setProblem(answer.error === 'not_confirmed' ? { key: 'book.wrong' } : problemOf(answer)); return; }
    for (const ticket of answer.data.tickets) keepTicket({ code: ticket.code, number: ticket.number, queue_id: ticket.queue_id, date: ticket.session.date });
    const [{ code }] = answer.data.tickets;
    if (mail.trim()) await fetch(`/api/v1/tickets/${code}/mail`, { method: 'PUT', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ address: mail.trim(), language }) }).catch(() => null);
    location.replace(`/t/${code}#booked`);
  }

  const last = at === all - 1;
  const title = at === 0 ? say('book.who') : last ? say('book.confirm') : persons.length > 1 ? say('book.person', { n: now + 1, all: persons.length }) : say(one.kind === 'card' ? 'book.only' : 'book.service');
  return html`<${Title} what=${text('book.title')} clinic=${view.clinic.name} /><${Header} view=${view} choose=${choose} sub=${sessionText(view.session)} />
    <${Step} at=${at} all=${all} title=${title} problem=${problem} busy=${busy} next=${last ? say(busy ? 'book.busy' : 'book.do') : say('book.next')}
      onNext=${at === 0 ? () => go(1) : last ? book : check} onBack=${at > 0 && (() => go(at - 1))}>
      ${at === 0 && html`<${Who} remote=${remote} persons=${persons} setPersons=${setPersons} />`}
      ${now >= 0 && html`<${Person} key=${one.ticket} remote=${remote} one=${one} first=${now === 0} tried=${tried} refused=${problem?.key === 'book.wrong'} onChange=${change} />`}
      ${last && html`<${Confirm} view=${view} persons=${persons} mail=${mail} setMail=${setMail} wrongMail=${wrongMail} read=${read} setRead=${setRead} tried=${tried} />`}<//>`;
}

const STATES = { full: 'full', sorry: 'paused' };

function Book({ choose }) {
  const [view, set] = useState(null);
  const [failed, setFailed] = useState(false);
  const load = () => { setFailed(false); fetch(url, { cache: 'no-store' }).then(async (answer) => set(await answer.json())).catch(() => setFailed(true)); };
  useEffect(load, []);
  if (failed) return html`<${Header} choose=${choose} sub="" /><main><${Problem} of=${{ key: 'book.no.line' }} /><button type="button" class="button first wide" onClick=${load}>${say('loading.again')}</button></main>`;
  if (!view) return html`<${Header} choose=${choose} sub="" /><${Loading} again=${load} />`;
  if (view.remote?.state === 'open') return html`<${Form} view=${view} choose=${choose} />`;
  const key = `book.no.${STATES[view.remote?.state] ?? 'closed'}`;
  return html`<${Title} what=${text(key)} clinic=${view.clinic?.name} /><${Header} view=${view.clinic && view} choose=${choose} sub="" /><main><section class="card"><${Icon} name="clock" size="36" /><h1>${say(key)}</h1><p>${say(`${key}.help`)}</p>
    <a class="button second wide" href=${`/q/${id}`}>${say('book.back')}</a></section><${Phone} phone=${view.clinic?.phone} /></main>`;
}

start(Book, 'book');
