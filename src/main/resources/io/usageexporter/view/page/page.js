// Brings fresh numbers every 15 seconds into the page that is there, so that nothing jumps: what the reader scrolled to,
// selected, focused or opened stays.
'use strict';

const EVERY_MS = 15000;
const PATIENCE_MS = 10000;

/** Makes a node of the page like its counterpart of the fresh one, changing only what differs. */
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
    // What the reader has opened is not in the fresh page.
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

/** The worst came first when the page was loaded; while it is read, every card stays where it is. */
function updateCards(old, fresh) {
  for (const card of fresh.children) {
    const there = document.getElementById(card.id);
    if (there) {
      update(there, card);
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

function late(isLate) {
  document.body.classList.toggle('late', isLate);
  const updated = document.getElementById('updated');
  updated.classList.toggle('late', isLate);
  if (isLate) {
    updated.firstChild.nodeValue = 'The exporter does not answer. As of ';
  }
}

async function refresh() {
  if (document.hidden) {
    return;
  }
  try {
    const answer = await fetch(location.pathname + location.search, {
      headers: { Accept: 'text/html' },
      cache: 'no-store',
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    if (!answer.ok) {
      throw new Error('status ' + answer.status);
    }
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const usage = fresh.getElementById('usage');
    if (!usage) {
      throw new Error('not the page');
    }
    update(document.getElementById('usage'), usage);
    update(document.getElementById('updated'), fresh.getElementById('updated'));
    document.title = fresh.title;
    late(false);
  } catch (error) {
    late(true);
  }
}

setInterval(refresh, EVERY_MS);
document.addEventListener('visibilitychange', refresh);
