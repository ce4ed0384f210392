// What all parts of the script ask the document for.

export const $ = (id) => document.getElementById(id);
export const all = (selector, root = document) => [...root.querySelectorAll(selector)];
export const LOG = '[role=log]'; // htmx keeps the classes of what was there before for a moment
export const deskOf = (element) => element?.closest('.desk')?.id.slice(-1) ?? '1';
