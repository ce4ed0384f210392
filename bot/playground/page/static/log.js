// A room's messages: it opens at its newest, stays where somebody reads, and says when something new stands below.

import { $, LOG, all, deskOf } from './dom.js';

const edgeOf = (log) => $(`list-${deskOf(log)}-newer`); // there where the room goes on below what is shown
const atEnd = (log) => log.scrollHeight - log.scrollTop - log.clientHeight < 48;

// A log at its end stays there. Else the first message in view stays where it is when others come in above.
export function placeOf(log) {
  const { room } = log.dataset, end = atEnd(log) && !edgeOf(log), top = log.scrollTop;
  if (end || !log.matches(LOG)) return { room, end, top };
  const edge = log.getBoundingClientRect().top;
  const first = all('.msg[id]', log).find((message) => message.getBoundingClientRect().bottom > edge);
  return { room, top, anchor: first && { id: first.id, at: first.getBoundingClientRect().top } };
}

export function goTo(log, { room, end, top, anchor }) {
  const first = anchor && $(anchor.id);
  if (!log?.matches(LOG)) log?.scrollTo(0, top);
  else if (end || log.dataset.room !== room || (leaving.has(log.id) && !edgeOf(log))) toEnd(log);
  else if (first) log.scrollTop += first.getBoundingClientRect().top - anchor.at;
  else log.scrollTop = top;
}

function toEnd(log) {
  leaving.delete(log.id);
  log.scrollTop = log.scrollHeight;
}

// To the newest message, which the server brings first where it is not among those shown.
const leaving = new Set(); // ids of logs that are on their way there
export function toNewest(log) {
  if (!log) return;
  leaving.add(log.id);
  const edge = edgeOf(log);
  if (edge) edge.querySelector('[id$=-to-newest]').click();
  else toEnd(log);
}

// A log that was at its end stays there when a panel or a keyboard takes some of its height, or a picture comes late.
const ended = new WeakSet();
const resized = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const log = target.closest(LOG);
    if (log && ended.has(log)) log.scrollTop = log.scrollHeight;
  }
});
document.addEventListener('scroll', ({ target: log }) => {
  if (!log.matches?.(LOG)) return;
  const isAtEnd = atEnd(log);
  ended[isAtEnd ? 'add' : 'delete'](log);
  tell(log, isAtEnd);
}, true);

// What has come since a log was last at its end is told by a button above the writing line, and said once.
const seen = new Map(); // desk and room → the newest ts that was on the page when its end was
const newestOf = (log) => edgeOf(log)?.dataset.newest
  ?? log.querySelector('.msg[id]:last-of-type')?.id.replace(/^list-\d-/, '').replace('-', '.') ?? '';

// While somebody scrolls it is called for each frame: what is said already is not written again.
function tell(log, isAtEnd = atEnd(log)) {
  const desk = deskOf(log), pill = $(`below-${desk}`), key = `${desk}:${log.dataset.room}`, newest = newestOf(log);
  const away = !isAtEnd || Boolean(edgeOf(log));
  if (!away || !seen.has(key)) seen.set(key, newest);
  const fresh = away && newest > seen.get(key);
  if (!away && document.activeElement === pill) log.focus({ preventScroll: true });
  const state = `${away} ${fresh}`;
  if (pill.dataset.state === state) return;
  pill.dataset.state = state;
  pill.hidden = !away;
  pill.classList.toggle('primary', fresh);
  pill.querySelector('span').textContent = fresh ? pill.dataset.fresh : pill.dataset.back;
  $(`said-${desk}`).textContent = fresh ? pill.dataset.fresh : '';
}

document.addEventListener('click', ({ target }) => {
  const log = $(`body-${deskOf(target)}`);
  if (target.closest?.('[data-below]')) toNewest(log);
  else if (target.closest?.('[id$=-to-newest]')) leaving.add(log.id);
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

// What is new on the page is watched from here on.
export function watchLogs() {
  for (const log of all(LOG)) {
    if (atEnd(log)) ended.add(log);
    resized.observe(log);
    resized.observe(log.firstElementChild);
    tell(log);
  }
  for (const pill of all('[data-below]')) if (!$(`body-${deskOf(pill)}`)?.matches(LOG)) { pill.hidden = true; delete pill.dataset.state; }
  for (const button of all('[data-more]')) nearing.observe(button);
}

export function openAtEnd() {
  for (const log of all(LOG)) toEnd(log);
}
