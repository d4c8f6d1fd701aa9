// Updates the page in place every 15 seconds, and to show usage divided otherwise, preserving the scroll position,
// selection, focus and opened details.
'use strict';

const REFRESH_INTERVAL_MS = 15000;
const REQUEST_TIMEOUT_MS = 10000;

/** Updates a node to match its counterpart in the fresh page, changing only what differs. */
function update(old, fresh) {
  if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName || old.id !== fresh.id) {
    old.replaceWith(document.importNode(fresh, true));
    return;
  }
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.nodeValue !== fresh.nodeValue) {
      old.nodeValue = fresh.nodeValue;
    }
    return;
  }
  for (const attribute of fresh.attributes) {
    if (old.getAttribute(attribute.name) !== attribute.value) {
      old.setAttribute(attribute.name, attribute.value);
    }
  }
  for (const attribute of [...old.attributes]) {
    // Details opened by the reader are closed in the fresh page.
    if (!fresh.hasAttribute(attribute.name) && attribute.name !== 'open') {
      old.removeAttribute(attribute.name);
    }
  }
  if (fresh.classList.contains('cards')) {
    updateCards(old, fresh);
    return;
  }
  const before = [...old.childNodes];
  const after = [...fresh.childNodes];
  after.forEach((child, i) => {
    if (i < before.length) {
      update(before[i], child);
    } else {
      old.append(document.importNode(child, true));
    }
  });
  before.slice(after.length).forEach((child) => child.remove());
}

/** Updates the cards without reordering them; only loading the page sorts the worst first. */
function updateCards(old, fresh) {
  for (const card of fresh.children) {
    const existing = document.getElementById(card.id);
    if (existing) {
      update(existing, card);
    } else {
      old.append(document.importNode(card, true));
    }
  }
  for (const card of [...old.children]) {
    if (![...fresh.children].some((each) => each.id === card.id)) {
      card.remove();
    }
  }
}

function setStale(isStale) {
  document.body.classList.toggle('stale', isStale);
  const updated = document.getElementById('updated');
  updated.classList.toggle('stale', isStale);
  if (isStale) {
    updated.firstChild.nodeValue = 'The exporter is not responding. As of ';
  }
}

let latest = 0;

async function refresh() {
  if (document.hidden) {
    return;
  }
  const number = ++latest;
  try {
    const response = await fetch(location.pathname + location.search, {
      headers: { Accept: 'text/html' },
      cache: 'no-store',
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    if (!response.ok) {
      throw new Error('status ' + response.status);
    }
    const fresh = new DOMParser().parseFromString(await response.text(), 'text/html');
    const usage = fresh.getElementById('usage');
    if (!usage) {
      throw new Error('not the page');
    }
    if (number !== latest) {
      return; // another view was chosen meanwhile
    }
    update(document.getElementById('usage'), usage);
    update(document.getElementById('updated'), fresh.getElementById('updated'));
    document.title = fresh.title;
    setStale(false);
  } catch (error) {
    if (number === latest) {
      setStale(true);
    }
  }
}

/** Follows a link to another view of this page without leaving it. */
async function follow(event) {
  const link = event.target.closest('a[href^="?"]');
  if (!link || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) {
    return;
  }
  event.preventDefault();
  history.pushState(null, '', link.href);
  const isElsewhere = link.closest('.headline');
  const id = link.hash.slice(1);
  await refresh();
  if (isElsewhere) {
    const target = document.getElementById(id);
    target.closest('details')?.setAttribute('open', '');
    target.scrollIntoView();
  }
}

document.addEventListener('click', follow);
window.addEventListener('popstate', refresh);
setInterval(refresh, REFRESH_INTERVAL_MS);
document.addEventListener('visibilitychange', refresh);
