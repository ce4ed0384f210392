// What HTML and htmx leave to do by hand: completion, keys, focus, scroll, half-typed text. No state of its own
// beyond the tab: where something is shown is in the address, what is true is on the server.

const $ = (id) => document.getElementById(id);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const LOG = '[role=log]'; // htmx keeps the classes of what was there before for a moment
const deskOf = (element) => element?.closest('.desk')?.id.slice(-1) ?? '1';

// --- Requests: say what is shown, so that the answer holds only what differs -----------------------------------

document.addEventListener('htmx:configRequest', ({ detail }) => {
  detail.headers['X-Parts'] = all('[data-v]').map((part) => `${part.id}=${part.dataset.v}`).join(';');
  detail.headers['X-Windows'] = all(LOG).map(({ id, dataset }) =>
    `${id.slice(-1)}=${encodeURIComponent(dataset.room)}@${$(`list-${id.slice(-1)}-newer`)?.dataset.until ?? ''}`).join(';');
  if (matchMedia('(max-width: 960px)').matches) detail.headers['X-Narrow'] = '1';
});

// Answers may overtake each other. One for an address that was left since is dropped; one that others have overtaken
// is taken, and the page asks once more for what it then still shows wrongly.
let taken = 0;
const started = new WeakMap(); // request → how many answers had been taken when it began
const catchUp = () => htmx.trigger('#live', 'catch-up');

document.addEventListener('htmx:beforeRequest', ({ detail }) => started.set(detail.xhr, taken));
document.addEventListener('htmx:pushedIntoHistory', () => { $('coze-note').replaceChildren(); catchUp(); });
document.addEventListener('htmx:beforeSwap', ({ detail }) => {
  const { path, headers, elt } = detail.requestConfig;
  if (pressing && elt.id === 'live') {
    missed = true;
    detail.shouldSwap = false;
    return;
  }
  const left = headers['HX-Current-URL'] !== location.href;
  if (left && path.startsWith('/page/')) detail.shouldSwap = false;
  if (left || started.get(detail.xhr) !== taken) setTimeout(catchUp);
  taken += 1;
  if (detail.xhr.getResponseHeader('X-Done') === '1') clearForm(elt);
});

// A press that begins on one element and ends on another is no click: what comes by itself in between waits for its end.
let pressing = false, missed = false;

function released() {
  pressing = false;
  if (missed) catchUp();
  missed = false;
}

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
const atEnd = (log) => log.scrollHeight - log.scrollTop - log.clientHeight < 48;

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

// A log at its end stays there. Else the first message in view stays where it is when others come in above.
function placeOf(log) {
  const { room } = log.dataset, end = atEnd(log) && !log.querySelector('[id$=-newer]'), top = log.scrollTop;
  if (end || !log.matches(LOG)) return { room, end, top };
  const edge = log.getBoundingClientRect().top;
  const first = all('.msg[id]', log).find((message) => message.getBoundingClientRect().bottom > edge);
  return { room, top, anchor: first && { id: first.id, at: first.getBoundingClientRect().top } };
}

function goTo(log, { room, end, top, anchor }) {
  const first = anchor && $(anchor.id);
  if (!log?.matches(LOG)) log?.scrollTo(0, top);
  else if (end || log.dataset.room !== room) toEnd(log);
  else if (first) log.scrollTop += first.getBoundingClientRect().top - anchor.at;
  else log.scrollTop = top;
}

const toEnd = (log) => { log.scrollTop = log.scrollHeight; };

// A log that was at its end stays there when a panel or a keyboard takes some of its height.
const ended = new WeakSet();
const resized = new ResizeObserver((entries) => {
  for (const { target: log } of entries) if (ended.has(log)) log.scrollTop = log.scrollHeight;
});
document.addEventListener('scroll', ({ target: log }) => {
  if (log.matches?.(LOG)) ended[atEnd(log) ? 'add' : 'delete'](log);
}, true);

// Near the end of the shown stretch of a long room its neighbour comes by itself. Not at once when the page is opened:
// there nobody has scrolled yet.
const scrolled = new WeakSet();
document.addEventListener('wheel', ({ target }) => scrolled.add(target.closest?.('.log') ?? target), { passive: true });
document.addEventListener('touchmove', ({ target }) => scrolled.add(target.closest?.('.log') ?? target), { passive: true });
const nearing = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target: button } of entries) {
    if (isIntersecting && scrolled.has(button.closest('.log'))) button.click();
  }
}, { rootMargin: '900px 0px' });

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
  for (const log of all(LOG)) {
    if (atEnd(log)) ended.add(log);
    resized.observe(log);
  }
  for (const button of all('[data-more]')) nearing.observe(button);
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

// --- Composer: drafts by room, completion of commands ----------------------------------------------------------

const DRAFT = 'draft:';

function draft(composer) {
  const field = composer.querySelector('[name=text]');
  if (!field || composer.dataset.ready) return;
  composer.dataset.ready = '1';
  if (!field.value) field.value = sessionStorage.getItem(DRAFT + composer.id + composer.dataset.draft) ?? '';
}

function keepDraft(field) {
  const composer = field.form, key = DRAFT + composer.id + composer.dataset.draft;
  if (field.value) sessionStorage.setItem(key, field.value);
  else sessionStorage.removeItem(key);
}

const popOf = (field) => field.form?.querySelector('[data-pop]');
const shownOptions = (field) => all('[role=option]', popOf(field)).filter((option) => !option.hidden);

function suggest(field) {
  const pop = popOf(field), text = field.value.trimStart().toLowerCase();
  if (!pop) return;
  const wanted = text.startsWith('/');
  for (const option of all('[role=option]', pop)) option.hidden = !(wanted && option.dataset.text.toLowerCase().startsWith(text));
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

function closePop(field) {
  const pop = popOf(field);
  if (pop) pop.hidden = true;
  if (pop) field.setAttribute('aria-expanded', 'false');
  field.removeAttribute('aria-activedescendant');
}

function composerKey(event) {
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
  if (target.matches('.composer [name=text]')) { keepDraft(target); suggest(target); }
  if (target.closest('dialog')) count(target.closest('dialog'));
});

// htmx would hold a second message back until the first is answered, and then read the emptied field. So each message
// goes out at once, on an element of its own.
document.addEventListener('submit', (event) => {
  const form = event.target, field = form.matches('.composer') && form.querySelector('[name=text]');
  if (!field) return;
  event.preventDefault();
  event.stopPropagation();
  const text = field.value.trim();
  closePop(field);
  field.value = '';
  keepDraft(field);
  if (!text) return;
  const carrier = document.createElement('span');
  carrier.hidden = true;
  form.parentElement.append(carrier);
  const sent = htmx.ajax('POST', form.getAttribute('hx-post'), { source: carrier, values: { text, thread: form.dataset.thread ?? '' }, swap: 'none' });
  sent.finally(() => carrier.remove());
}, true);

document.addEventListener('focusout', ({ target, relatedTarget }) => {
  if (target.matches?.('.composer [name=text]') && !popOf(target)?.contains(relatedTarget)) closePop(target);
});

function count(root) {
  for (const counter of all('[data-counts]', root)) {
    const field = $(counter.dataset.counts);
    if (field) counter.textContent = `${field.value.length} / ${field.maxLength}`;
  }
}

// --- Clicks ----------------------------------------------------------------------------------------------------

document.addEventListener('mousedown', (event) => {
  const option = event.target.closest('[data-pop] [role=option]');
  if (!option) return;
  event.preventDefault(); // the field keeps the focus
  complete(option.closest('form').querySelector('[name=text]'), option);
});

document.addEventListener('click', (event) => {
  const at = (selector) => event.target.closest(selector);
  for (const menu of all('details.more[open]')) if (!menu.contains(event.target) || at('.more ul button')) menu.open = false;
  const dismiss = at('[data-dismiss]'), fill = at('[data-fill]'), go = at('[data-press-post][href]');
  if (dismiss) { $(dismiss.dataset.dismiss).replaceChildren(); settle(); }
  if (fill) {
    const field = fill.closest('form').querySelector('[name=text]');
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
  const shown = $(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(shown.textContent);
    button.querySelector('span').textContent = button.dataset.said;
  } catch { // where the clipboard is closed to pages the text is at least marked
    getSelection().selectAllChildren(shown);
  }
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

for (const log of all(LOG)) toEnd(log);
settle();
