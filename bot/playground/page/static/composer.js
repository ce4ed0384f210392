// Where people write: drafts by room, completion of commands, sending.

import { $, all, deskOf } from './dom.js';
import { toNewest } from './log.js';

const DRAFT = 'draft:';

export function draft(composer) {
  const field = composer.querySelector('[name=text]');
  if (!field || composer.dataset.ready) return;
  composer.dataset.ready = '1';
  attach(composer, filesOf(composer));
  if (!field.value) field.value = sessionStorage.getItem(DRAFT + composer.id + composer.dataset.draft) ?? '';
}

export function keepDraft(field) {
  const composer = field.form, key = DRAFT + composer.id + composer.dataset.draft;
  if (field.value) sessionStorage.setItem(key, field.value);
  else sessionStorage.removeItem(key);
}

// Files wait at their composer, by room, until they are sent: chosen, pasted or dropped.
const files = new Map();
const filesOf = (composer) => files.get(composer.id + composer.dataset.draft) ?? [];

function attach(composer, wanted) {
  files.set(composer.id + composer.dataset.draft, wanted);
  const list = composer.querySelector('[data-attached]');
  list?.replaceChildren(...wanted.map((file) => {
    const item = document.createElement('li'), remove = document.createElement('button');
    remove.type = 'button';
    remove.className = 'link';
    remove.textContent = '×';
    remove.setAttribute('aria-label', `${list.dataset.remove} ${file.name}`);
    remove.addEventListener('click', () => {
      attach(composer, filesOf(composer).filter((each) => each !== file));
      composer.querySelector('[name=text]').focus();
    });
    item.append(file.name, remove);
    return item;
  }));
}

const add = (composer, more) => { if (more.length) attach(composer, [...filesOf(composer), ...more]); };
const takesFiles = (target) => target.closest?.('.room')?.querySelector('.composer:has([data-attached])');

document.addEventListener('change', ({ target }) => {
  if (!target.matches('.composer [type=file]')) return;
  add(target.form, target.files);
  target.form.querySelector('[name=text]').focus();
  target.value = '';
});
document.addEventListener('paste', (event) => {
  const { target, clipboardData } = event, composer = target.closest?.('.composer:has([data-attached])');
  if (!composer || !clipboardData?.files.length) return;
  event.preventDefault();
  add(composer, clipboardData.files);
});
document.addEventListener('dragover', (event) => {
  if (takesFiles(event.target) && event.dataTransfer?.types.includes('Files')) event.preventDefault();
});
document.addEventListener('drop', (event) => {
  const composer = takesFiles(event.target);
  if (!composer || !event.dataTransfer?.files.length) return;
  event.preventDefault();
  add(composer, event.dataTransfer.files);
});

export const popOf = (field) => field.form?.querySelector('[data-pop]');
const shownOptions = (field) => all('[role=option]', popOf(field)).filter((option) => !option.hidden);

// A command is found by what it is called and by its other words, typed in letters of either width.
const plainly = (text) => text.normalize('NFKC').trimStart().replace(/\s+/g, ' ').toLowerCase();

function isMeant({ dataset: { text, words } }, typed) {
  const command = text.split(' ')[0], others = words?.split('|').map((word) => `${command} ${word}`) ?? [];
  return [text, ...others].some((name) => name.toLowerCase().startsWith(typed));
}

function suggest(field) {
  const pop = popOf(field), typed = plainly(field.value);
  if (!pop) return;
  const wanted = typed.startsWith('/');
  for (const option of all('[role=option]', pop)) option.hidden = !(wanted && isMeant(option, typed));
  pop.hidden = !shownOptions(field).length;
  select(field, -1);
}

function select(field, index) {
  const options = shownOptions(field);
  for (const option of all('[role=option]', popOf(field))) option.setAttribute('aria-selected', 'false');
  const chosen = options[index];
  chosen?.setAttribute('aria-selected', 'true');
  chosen?.scrollIntoView({ block: 'nearest' });
  field.setAttribute('aria-expanded', String(!popOf(field).hidden));
  if (chosen) field.setAttribute('aria-activedescendant', chosen.id);
  else field.removeAttribute('aria-activedescendant');
}

function complete(field, option) {
  if (!option) return;
  field.value = `${option.dataset.text} `;
  keepDraft(field);
  closePop(field);
}

export function closePop(field) {
  const pop = popOf(field);
  if (pop) pop.hidden = true;
  if (pop) field.setAttribute('aria-expanded', 'false');
  field.removeAttribute('aria-activedescendant');
}

export function composerKey(event) {
  const field = event.target, pop = popOf(field);
  if (!pop || pop.hidden || event.isComposing) return;
  const options = shownOptions(field);
  const at = options.findIndex((option) => option.getAttribute('aria-selected') === 'true');
  if (event.key === 'ArrowDown') select(field, (at + 1) % options.length);
  else if (event.key === 'ArrowUp') select(field, (at <= 0 ? options.length : at) - 1);
  else if (event.key === 'Tab' && !event.shiftKey) complete(field, options[Math.max(at, 0)]);
  else if (event.key === 'Enter' && at >= 0 && field.value.trim() !== options[at].dataset.text) complete(field, options[at]);
  else return;
  event.preventDefault();
}

document.addEventListener('input', ({ target }) => {
  if (!target.matches('.composer [name=text]')) return;
  keepDraft(target);
  suggest(target);
});

// htmx would hold a second message back until the first is answered, and then read the emptied field. So each message
// goes out at once, on an element of its own.
document.addEventListener('submit', (event) => {
  const form = event.target, field = form.matches('.composer') && form.querySelector('[name=text]');
  if (!field) return;
  event.preventDefault();
  event.stopPropagation();
  const text = field.value.trim(), file = filesOf(form);
  closePop(field);
  field.value = '';
  keepDraft(field);
  if (file.length) attach(form, []);
  if (!text && !file.length) return;
  if (!form.dataset.thread) toNewest($(`body-${deskOf(form)}`));
  const carrier = document.createElement('span');
  carrier.hidden = true;
  if (file.length) carrier.setAttribute('hx-encoding', 'multipart/form-data');
  form.parentElement.append(carrier);
  const sent = htmx.ajax('POST', form.getAttribute('hx-post'), { source: carrier, values: { text, thread: form.dataset.thread ?? '', file }, swap: 'none' });
  sent.finally(() => carrier.remove());
}, true);

document.addEventListener('focusout', ({ target, relatedTarget }) => {
  if (target.matches?.('.composer [name=text]') && !popOf(target)?.contains(relatedTarget)) closePop(target);
});

document.addEventListener('mousedown', (event) => {
  const option = event.target.closest('[data-pop] [role=option]');
  if (!option) return;
  event.preventDefault(); // the field keeps the focus
  complete(option.closest('form').querySelector('[name=text]'), option);
});
