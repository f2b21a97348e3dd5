/* A notice or an introduction from a template: the form is made from the template, and the picture beside
 * it is drawn by the kiosk's own renderer while one types. */
import { html, useEffect, useMemo, useRef, useState } from './preact.js';
import { say, text } from './words.js';
import { Icon, addShapes } from './icons.js';
import { call, sendBytes } from './api.js';
import { Field } from './field.js';
import { Problem, Waiting, useLoaded } from './load.js';
import { Heading, go, tell } from './shell.js';
import { Still, draw, paint } from './clips.js';
import { When, newWhen, whenOf, wireOf } from './broadcast.js';
import { drawable, faults, isEmpty, lettersOf, moveTo, newPage, samplePage, titleOf } from './page.js';
import { Typed } from './typed.js';

addShapes({ photo: 'M4 7h4l2-3h4l2 3h4v13H4ZM12 10.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7Z' });

const QUIET_MS = 400; /* since the last key, before a picture is drawn */
const SIZE = { width: 1280, height: 720, shown: 1280 };
const SECONDS = [10, 15, 20, 30, 60];
const PHOTO_MAX = 40 << 20;  /* that a browser is asked to read */
const PHOTO_SENT = 4 << 20;  /* a larger one is made smaller before it is sent */
const PHOTO_SIDE = 2560;
const MARK_S = 20;
const PHOTO_PROBLEMS = { too_many: 'photo.full', photo_too_large: 'photo.large' };

function Templates({ templates, chosen, clinic, onPick }) {
  return html`<fieldset class="templates"><legend><h2><span class="number">1</span> ${say('maker.template')}</h2></legend>
    ${templates.map((one) => html`<label key=${one.key} class="choice"><${Still} item=${{ page: samplePage(one), title: '', duration_ms: 0 }} clinic=${clinic} />
      <span class="row"><input type="radio" name="template" checked=${one.key === chosen} onChange=${() => onPick(one)} /><span>${one.name.ja}</span></span></label>`)}</fieldset>`;
}

/* A camera's picture is larger than any monitor: sent as a smaller JPEG, upright. */
async function smaller(file) {
  if (file.size <= PHOTO_SENT) return file;
  try {
    const bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' });
    const share = Math.min(1, PHOTO_SIDE / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(bitmap.width * share);
    canvas.height = Math.round(bitmap.height * share);
    canvas.getContext('2d').drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    return await new Promise((done) => { canvas.toBlob((blob) => done(blob ?? file), 'image/jpeg', 0.9); });
  } catch {
    return file; /* the server says what is wrong with it */
  }
}

/* One photograph of the page: chosen, sent at once, so that the picture shows it. */
function Photo({ site, photo, sha256, error, onPhoto }) {
  const [state, set] = useState({ busy: false, problem: '' });
  const input = useRef(null);
  const chosen = async (file) => {
    if (!file) return;
    if (file.size > PHOTO_MAX) { set({ busy: false, problem: 'photo.large' }); return; }
    set({ busy: true, problem: '' });
    const bytes = await smaller(file);
    const answer = await sendBytes('POST', `/api/v1/sites/${site}/photos`, bytes, { 'Content-Type': bytes.type || 'application/octet-stream' });
    set({ busy: false, problem: answer.ok ? '' : answer.status === 0 ? 'problem.offline.short' : answer.status === 413 ? 'photo.large' : PHOTO_PROBLEMS[answer.data.error] ?? 'photo.wrong' });
    if (answer.ok) onPhoto(answer.data.sha256);
    input.current.value = '';
  };
  const wrong = state.problem ? text(state.problem) : error;
  const id = `photo-${photo.name}`;
  return html`<div class="field"><p class="above"><span class="label" id=${`${id}-label`}>${photo.label.ja}</span>${photo.required && html`<span class="mark">${say('required')}</span>`}</p>
    <p class="note">${say('photo.hint')}</p>${wrong && html`<p class="wrong" role="alert" id=${`${id}-error`}><${Icon} name="warning" size="20" />${wrong}</p>`}
    <div class="inputs photo"><label class="button second"><${Icon} name="photo" size="20" />${say(state.busy ? 'photo.busy' : sha256 ? 'photo.other' : 'photo.choose')}
      <input class="hear" id=${id} type="file" accept="image/jpeg,image/png" ref=${input} aria-labelledby=${`${id}-label`} aria-describedby=${wrong ? `${id}-error` : null} onChange=${(e) => chosen(e.target.files[0])} /></label>
      ${sha256 && html`<span>${say('photo.there')}</span><button type="button" class="button" onClick=${() => onPhoto('')}>${say('photo.away')}</button>`}</div></div>`;
}

/* What stands in the waiting room, a moment after the last key. */
function Preview({ page, clinic, wrong, title, sample }) {
  const canvas = useRef(null);
  const [state, set] = useState({ drawn: false, shown: '', problem: '' });
  const key = JSON.stringify(page);
  useEffect(() => {
    let gone = false;
    const timer = setTimeout(async () => {
      const answer = await draw(page, clinic, SIZE);
      if (gone) return;
      if (answer.ok) paint(canvas.current, answer.bitmap);
      set((old) => ({ drawn: old.drawn || answer.ok, shown: key, problem: answer.ok ? '' : answer.status === 0 ? 'preview.offline' : 'preview.wrong' }));
    }, QUIET_MS);
    return () => { gone = true; clearTimeout(timer); };
  }, [key, clinic]);
  return html`<div class="preview"><h2>${say('preview')}</h2><canvas ref=${canvas} width="1280" height="720" role="img" aria-label=${text('film.page', { title })} aria-busy=${String(state.shown !== key)}></canvas>
    <p class="note" role="status">${say(wrong || state.problem ? state.problem || 'preview.wrong' : !state.drawn ? 'preview.coming' : sample ? 'preview.sample' : 'preview.same')}</p></div>`;
}

function useContent(site, id) {
  const own = useLoaded(id ? `/api/v1/sites/${site}/contents` : '');
  return id ? { ready: Boolean(own.data), failed: own.failed, again: own.again, content: own.data?.contents.find((one) => one.id === id) } : { ready: true };
}

export function Maker({ site, clinic, id, kind }) {
  const list = useLoaded('/api/v1/templates');
  const old = useContent(site, id);
  if (!list.data || !old.ready) return html`<${Waiting} failed=${list.failed || old.failed} again=${() => { list.again(); old.again?.(); }} />`;
  const templates = list.data.templates.filter((one) => one.kind === kind).sort((a, b) => (a.order ?? 0) - (b.order ?? 0));
  if (!templates.length || (id && !old.content)) return html`<div class="panel"><${Heading}>${say('maker.gone')}<//><p>${say('maker.gone.help')}</p></div>`;
  return html`<${Form} site=${site} clinic=${clinic} kind=${kind} templates=${templates} content=${old.content} />`;
}

const PROBLEMS = { offline: 'maker.problem.offline', too_many: 'maker.problem.many', full: 'maker.problem.many' };

function Form({ site, clinic, kind, templates, content }) {
  const [page, setPage] = useState(content?.page ? { photos: {}, fields: {}, ...content.page } : newPage(templates[0]));
  const [when, setWhen] = useState(content ? whenOf(content) : newWhen());
  const [seconds, setSeconds] = useState(content ? Math.round(content.duration_ms / 1000) : MARK_S);
  const [touched, touch] = useState({});
  const [tried, setTried] = useState(false);
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState('');
  const summary = useRef(null);
  const template = templates.find((one) => one.key === page.template) ?? templates[0];
  const wrong = useMemo(() => faults(template, page), [template, page]);
  const wire = wireOf(when);
  const tab = kind === 'notice' ? 'notices' : 'films';
  const set = (name, value) => setPage((now) => ({ ...now, fields: { ...now.fields, [name]: value } }));
  const photo = (name, sha256) => setPage((now) => ({ ...now, photos: sha256 ? { ...now.photos, [name]: sha256 } : Object.fromEntries(Object.entries(now.photos).filter(([one]) => one !== name)) }));
  const error = (name) => { const one = wrong[name]; return one && (tried || (touched[name] && !one[0].endsWith('missing'))) ? text(...one) : ''; };
  useEffect(() => { if (problem) summary.current?.focus(); }, [problem]);
  const save = async (active) => {
    if (busy) return;
    setTried(true);
    setProblem('');
    const bad = Object.keys(wrong).length > 0 && (active || !titleOf(template, page));
    if (bad || (wire.wrong && active)) { requestAnimationFrame(() => setProblem('maker.wrong')); return; }
    setBusy(active ? 'show' : 'draft');
    const title = titleOf(template, page);
    const body = { kind, title, page, duration_ms: seconds * 1000, ...(wire.content ?? {}), active };
    const answer = await call(content ? 'PUT' : 'POST', `/api/v1/sites/${site}/contents${content ? `/${content.id}` : ''}`, body);
    setBusy('');
    if (!answer.ok) { setProblem(PROBLEMS[answer.data.error] ?? 'maker.problem'); return; }
    tell(text(active ? 'maker.done' : 'maker.kept', { title }));
    go(tab);
  };
  return html`<div class="head"><${Heading}>${content ? say(`maker.${kind}.change`) : say(`maker.${kind}`)}<//></div>
    <${Problem} of=${problem === 'maker.wrong' && !Object.keys(wrong).length && !wire.wrong ? '' : problem} box=${summary} />
    <form class="maker" novalidate onSubmit=${(e) => { e.preventDefault(); save(true); }}>
    <div class="write"><${Templates} templates=${templates} chosen=${template.key} clinic=${clinic} onPick=${(one) => setPage(moveTo(one, page))} />
      <section><h2><span class="number">2</span> ${say('maker.words')}</h2>
      ${template.fields.map((field) => html`<${Typed} key=${field.name} field=${field} value=${page.fields[field.name] ?? ''} error=${error(field.name)}
        count=${field.max && !['date', 'rows', 'week'].includes(field.type) ? text('maker.count', { n: lettersOf(page.fields[field.name] ?? ''), max: field.max }) : ''}
        onInput=${(value) => { set(field.name, value); touch({ ...touched, [field.name]: true }); }} />`)}
      ${(template.photos ?? []).map((one) => html`<${Photo} key=${one.name} site=${site} photo=${one} sha256=${page.photos[one.name]} error=${error(one.name)} onPhoto=${(sha256) => photo(one.name, sha256)} />`)}</section></div>
    <div class="see"><${Preview} page=${isEmpty(page) ? samplePage(template) : drawable(template, page)} sample=${isEmpty(page)} clinic=${clinic} wrong=${Object.values(wrong).some(([key]) => !key.endsWith('missing'))} title=${titleOf(template, page)} />
      <section><h2><span class="number">3</span> ${say('maker.when')}</h2>
      <${When} when=${when} onWhen=${setWhen} wrong=${tried && wire.wrong}>
        <${Field} id="seconds" label=${text('maker.seconds')} value=${seconds} onInput=${(value) => setSeconds(Number(value))}>${SECONDS.map((n) => html`<option key=${n} value=${n}>${text('seconds', { n })}</option>`)}<//>
        <button type="submit" class="button first wide" aria-disabled=${busy ? 'true' : null}>${say(busy === 'show' ? 'maker.busy' : content?.active ? 'maker.change' : 'maker.do')}</button>
        <button type="button" class="button wide" onClick=${() => save(false)}>${say(busy === 'draft' ? 'maker.busy' : 'maker.draft')}</button>
        <p class="note">${say('maker.note')}</p><//></section></div></form>`;
}
