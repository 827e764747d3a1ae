'use strict';
const at = id => document.getElementById(id);
const form = document.querySelector('form');
const button = document.querySelector('button');

function show(frame) {
  const state = frame.on ? 'on' : 'off';
  document.body.className = state;
  at('state').textContent = state;
  at('index').textContent = frame.index;
  at('leader').textContent = frame.leader;
  at('doubt').textContent = frame.doubt || '';
  form.elements.on.value = String(!frame.on);
  button.textContent = frame.on ? 'Switch off' : 'Switch on';
}

const events = new EventSource('/events');
events.onmessage = event => show(JSON.parse(event.data));
events.onerror = () => {
  at('doubt').textContent = 'this page has lost its instance' +
    (events.readyState === EventSource.CLOSED ? '; reload to try again.' : ' and is trying to reach it again.');
};

form.addEventListener('submit', async event => {
  event.preventDefault();
  const body = new URLSearchParams(new FormData(form));
  button.disabled = true;
  at('message').textContent = 'Asking the cluster …';
  try {
    const answer = await fetch('/switch', {method: 'POST', body, headers: {Accept: 'application/json'}});
    at('message').textContent = (await answer.json()).message;
  } catch {
    at('message').textContent =
      'This instance did not answer. It is not known whether the light was switched; look at the bulb.';
  } finally {
    button.disabled = false;
  }
});
