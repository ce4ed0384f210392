// What HTML and htmx leave to do by hand: completion, keys, focus, scroll, half-typed text. No state of its own
// beyond the tab: where something is shown is in the address, what is true is on the server.

import { closePop, composerKey, draft, keepDraft, popOf } from './composer.js';
import { $, LOG, all, deskOf } from './dom.js';
import { goTo, openAtEnd, placeOf, watchLogs } from './log.js';

// --- Requests: say what is shown, so that the answer holds only what differs -----------------------------------

document.addEventListener('htmx:configRequest', ({ detail }) => {
  detail.headers['X-Parts'] = all('[data-v]').map((part) => `${part.id}=${part.dataset.v}`).join(';');
  detail.headers['X-Windows'] = all(LOG).map(({ id, dataset }) =>
    `${id.slice(-1)}=${encodeURIComponent(dataset.room)}@${$(`list-${id.slice(-1)}-newer`)?.dataset.until ?? ''}`).join(';');
  if (matchMedia('(max-width: 960px)').matches) detail.headers['X-Narrow'] = '1';
});

// Answers may overtake each other. Of one for an address that was left since only what Coze said is taken, which is
// told once; one that others have overtaken is taken, and the page asks once more for what it then still shows wrongly.
let taken = 0;
const started = new WeakMap(); // request → how many answers had been taken when it began, and the note of then
const catchUp = () => htmx.trigger('#live', 'catch-up');

document.addEventListener('htmx:beforeRequest', ({ detail }) => started.set(detail.xhr, { taken, note: $('coze-note') }));
document.addEventListener('htmx:pushedIntoHistory', catchUp);
// Where one goes on, the note of what was done before goes, but not one that overtook the going.
document.addEventListener('htmx:beforeHistoryUpdate', ({ detail }) => {
  if (started.get(detail.xhr)?.note === $('coze-note')) $('coze-note').replaceChildren();
});
document.addEventListener('htmx:beforeSwap', ({ detail }) => {
  const { path, headers, elt } = detail.requestConfig;
  const left = headers['HX-Current-URL'] !== location.href;
  if (left && path.startsWith('/page/')) {
    detail.serverResponse = noteIn(detail.serverResponse);
    detail.shouldSwap = detail.serverResponse !== '';
  }
  if (left || started.get(detail.xhr)?.taken !== taken) setTimeout(catchUp);
  taken += 1;
  if (detail.xhr.getResponseHeader('X-Done') === '1') clearForm(elt);
});

function noteIn(answer) {
  return new DOMParser().parseFromString(answer, 'text/html').getElementById('coze-note')?.outerHTML ?? '';
}

// A press that begins on one element and ends on another is no click: an answer that comes in between waits for its end.
let pressing = false;
const held = []; // requests that were answered while the pointer was down

function released() {
  pressing = false;
  for (const request of held.splice(0)) request.onload();
}

document.addEventListener('htmx:beforeOnLoad', (event) => {
  if (!pressing) return;
  event.preventDefault();
  held.push(event.detail.xhr);
});
document.addEventListener('pointerdown', () => { pressing = true; }, true);
for (const end of ['pointerup', 'pointercancel']) window.addEventListener(end, () => setTimeout(released), true);

// What was filled in is done: the form is empty again, and folded where it can be.
function clearForm(form) {
  form.reset?.();
  const fold = form.closest('.fold');
  if (fold) fold.open = false;
}

// --- Swaps: keep scroll, open menus and half-typed text --------------------------------------------------------

const PANELS = ['coze', 'inspector'];
const kept = new Map(); // part id → what to put back when all of an answer is in
const places = new Map(); // log id → where it was scrolled to

function typed(part) {
  return all('input, textarea, select', part).filter((field) => field.id).map((field) => ({
    id: field.id, name: field.name, value: field.value, checked: field.checked,
    chosen: field.multiple ? [...field.selectedOptions].map((option) => option.value) : null,
  }));
}

// In a modal that has become another one an input of the same name may stand elsewhere, and another in its place.
function sameField({ id, name, value }, part) {
  const there = $(id);
  if (there?.name === name) return there;
  return part && all('.dialog [name]', part).find((field) => field.name === name && (!isChoice(field) || field.value === value));
}

const isChoice = (field) => field.type === 'checkbox' || field.type === 'radio';

function retype(fields, part) {
  for (const each of fields) {
    const { value, checked, chosen } = each, field = sameField(each, part);
    if (!field) continue;
    if (chosen) for (const option of field.options) option.selected = chosen.includes(option.value);
    else if (isChoice(field)) field.checked = checked;
    else field.value = value;
  }
}

// An answer speaks of what was shown when it was asked for. Another may have taken that away since: what has no place
// any more is left out, and the answer that was asked for in addition (see above) brings what is true.
document.addEventListener('htmx:beforeSwap', ({ detail }) => {
  const answer = document.createElement('template');
  answer.innerHTML = detail.serverResponse ?? '';
  const lost = all('[hx-swap-oob]', answer.content).filter((part) => !document.querySelector(targetOf(part)));
  for (const part of lost) part.remove();
  if (lost.length) detail.serverResponse = answer.innerHTML;
});

const targetOf = (part) => part.getAttribute('hx-swap-oob').split(':')[1] ?? `#${CSS.escape(part.id)}`;

document.addEventListener('htmx:oobBeforeSwap', ({ detail: { target: part, fragment } }) => {
  const log = part.closest('.log, .home');
  if (log && !places.has(log.id)) places.set(log.id, placeOf(log));
  if (part.matches('ol[id^=list-], ol[id^=list-] > li')) for (const { id } of fragment.children) if (id !== part.id) $(id)?.remove();
  const open = all('details', part).filter((menu) => menu.open || !menu.matches('.thread.none')).map(({ id, open: isOpen }) => [id, isOpen]);
  const keep = kept.get(part.id) ?? { open };
  if (part.id.startsWith('over-') || part.id === 'coze' || part.closest('.log')) keep.fields = typed(part);
  if (PANELS.includes(part.id)) keep.scrolls = all('.scroll, .panes, .panes > *', part).map((pane) => pane.scrollTop);
  kept.set(part.id, keep);
});

document.addEventListener('htmx:afterSwap', () => { restore(); settle(); });

function restore() {
  for (const [id, keep] of kept) {
    const part = $(id);
    kept.delete(id);
    for (const [menu, isOpen] of keep.open) if (menu && $(menu)) $(menu).open = isOpen;
    if (keep.fields) retype(keep.fields, part);
    keep.scrolls?.forEach((top, i) => all('.scroll, .panes, .panes > *', part)[i]?.scrollTo(0, top));
  }
  for (const [id, place] of places) goTo($(id), place);
  places.clear();
}

// --- Overlays: the desk behind is inert, focus goes in and comes back ------------------------------------------

const openers = new Map(); // desk → id of what had the focus before its overlay opened
const shown = new Map(); // desk → what its topmost overlay shows
const wrong = new Map(); // desk → the first field that is filled in wrongly
const WRONG = ':is([aria-invalid], [data-invalid] input)';

function settle() {
  for (const desk of all('.desk')) {
    const number = desk.id.slice(-1);
    const over = $(`over-${number}`), ask = $(`ask-${number}`);
    const top = [ask, over].find((place) => place?.firstElementChild)?.querySelector('dialog');
    for (const part of [$(`side-${number}`), $(`room-${number}`)]) part.inert = Boolean(top);
    if (over) over.inert = Boolean(ask?.firstElementChild);
    const now = top?.dataset.view ?? '';
    if (now !== (shown.get(number) ?? '')) focusOverlay(number, top, now);
    shown.set(number, now);
    const first = over?.querySelector(WRONG)?.id ?? '';
    if (first && first !== wrong.get(number)) $(first).focus(); // the form that was sent may have been replaced since
    wrong.set(number, first);
    count(desk);
  }
  for (const composer of all('.composer')) draft(composer);
  watchLogs();
}

function focusOverlay(number, top, now) {
  if (now && !shown.get(number)) openers.set(number, document.activeElement?.id || lastPressed);
  if (!now) return ($(openers.get(number)) ?? $(`say-${number}`))?.focus({ preventScroll: true });
  const fields = 'input:not([type=hidden]), textarea, select';
  (top.querySelector('[autofocus]') ?? top.querySelector(fields) ?? top.querySelector('button'))?.focus();
}

let lastPressed = '';
document.addEventListener('click', ({ target }) => {
  const pressed = target.closest?.('[id]');
  if (pressed) lastPressed = pressed.id;
}, true);

document.addEventListener('htmx:afterRequest', ({ detail }) => {
  const submitted = detail.requestConfig?.path?.match(/^\/page\/(\d)\/submit$/);
  if (submitted) document.querySelector(`#over-${submitted[1]} ${WRONG}`)?.focus();
});

function count(root) {
  for (const counter of all('[data-counts]', root)) {
    const field = $(counter.dataset.counts);
    if (field) counter.textContent = `${field.value.length} / ${field.maxLength}`;
  }
}

document.addEventListener('input', ({ target }) => {
  if (target.closest('dialog')) count(target.closest('dialog'));
});

// --- Clicks ----------------------------------------------------------------------------------------------------

document.addEventListener('click', (event) => {
  const at = (selector) => event.target.closest(selector);
  for (const menu of all('details.more[open]')) if (!menu.contains(event.target) || at('.more ul button')) menu.open = false;
  const dismiss = at('[data-dismiss]'), fill = at('[data-fill]'), go = at('[data-press-post][href]');
  if (dismiss) { $(dismiss.dataset.dismiss).replaceChildren(); settle(); }
  if (fill) {
    const field = $(`say-${deskOf(fill)}`);
    field.value = `${fill.dataset.fill} `;
    keepDraft(field);
    field.focus();
  }
  if (at('button[data-menu]')) toggleMenu();
  if (at('[data-copy]')) copy(at('[data-copy]'));
  if (go) htmx.ajax('POST', go.dataset.pressPost, { source: go, values: JSON.parse(go.dataset.pressVals), swap: 'none' });
});

document.addEventListener('toggle', ({ target: menu }) => {
  if (!menu.matches?.('details.more') || !menu.open) return;
  const list = menu.querySelector('ul'), frame = menu.closest('.log, .home, .body')?.getBoundingClientRect();
  menu.classList.remove('flip', 'end');
  if (!frame) return;
  const box = list.getBoundingClientRect();
  menu.classList.toggle('flip', box.bottom > frame.bottom && box.height < box.top - frame.top);
  menu.classList.toggle('end', box.right > frame.right);
}, true);

async function copy(button) {
  const shown = $(button.dataset.copy), label = button.querySelector('span');
  try {
    await navigator.clipboard.writeText(shown.textContent);
  } catch { // where the clipboard is closed to pages the text is at least marked
    return getSelection().selectAllChildren(shown);
  }
  if (button.classList.contains('done')) return;
  const before = label.textContent;
  label.textContent = button.dataset.said;
  button.classList.add('done');
  setTimeout(() => { label.textContent = before; button.classList.remove('done'); }, 2000);
}

function toggleMenu(open = !('menu' in document.documentElement.dataset)) {
  if (open) document.documentElement.dataset.menu = 'open';
  else delete document.documentElement.dataset.menu;
  $('menu').setAttribute('aria-expanded', String(open));
}

// The narrow window's desk follows its tab at once; the server only needs to know for the unread counts.
document.addEventListener('click', ({ target }) => {
  const tab = target.closest('#people button');
  if (tab) document.documentElement.dataset.desk = tab.id.slice(-1);
});

// --- Keys ------------------------------------------------------------------------------------------------------

const visible = (element) => element.getClientRects().length > 0 && !element.closest('[inert]');

function nextRegion(back) {
  const regions = [...all('[data-region]'), ...all('dialog')].filter(visible);
  const at = regions.findIndex((region) => region.contains(document.activeElement));
  const next = regions.at((at + (back ? -1 : 1) + (at < 0 && back ? 1 : 0)) % regions.length);
  const preferred = next.querySelector('.composer [name=text], [aria-current=page]');
  (preferred ?? all('button, a[href], input, select, [tabindex="0"]', next).find(visible))?.focus();
}

function escape() {
  const field = document.activeElement;
  const menu = document.querySelector('details.more[open]');
  if (menu) { menu.open = false; menu.querySelector('summary').focus(); return; }
  if (field?.matches('.composer [name=text]') && popOf(field) && !popOf(field).hidden) return closePop(field);
  const here = $(`desk-${deskOf(field)}`), desks = [here, ...all('.desk').filter((desk) => desk !== here)];
  const top = desks.flatMap((desk) => all('dialog', desk)).find(visible);
  const close = top?.querySelector('[data-dismiss], [data-close]')
    ?? all('.toast [data-close], #coze-note [data-dismiss]').find(visible)
    ?? all('#inspector [data-close], #coze [data-close]').find(visible);
  if (close) close.click();
  else toggleMenu(false);
}

const ALT = {
  Digit1: () => $('say-1')?.focus(), Digit2: () => $('say-2')?.focus(), KeyI: () => $('panel-inspector').click(),
  KeyC: () => $('panel-coze').click(), KeyN: () => $('clock-next').click(),
};

document.addEventListener('keydown', (event) => {
  if (event.target.matches?.('.composer [name=text]')) composerKey(event);
  if (event.defaultPrevented || event.isComposing) return;
  const act = event.key === 'F6' ? () => nextRegion(event.shiftKey)
    : event.key === 'Escape' ? escape
    : event.altKey && !event.ctrlKey && !event.metaKey ? ALT[event.code] : null;
  if (act) { event.preventDefault(); act(); }
});

// --- Connection ------------------------------------------------------------------------------------------------

const connected = (is) => { $('lost').hidden = is; $('local').hidden = !is; };
document.addEventListener('htmx:sseError', () => connected(false));
document.addEventListener('htmx:sendError', () => connected(false));
document.addEventListener('htmx:sseOpen', () => connected(true));

openAtEnd();
settle();
