/* global Redoc, document, window, fetch */
// Starts Redoc in the colours of the site. It mixes colours itself, so it needs them as values, not as variables.
import { withPoliciesTold } from './policies.js';

const element = document.getElementById('redoc');
const darkScheme = window.matchMedia('(prefers-color-scheme: dark)');
const style = window.getComputedStyle(document.documentElement);
const color = (name) => style.getPropertyValue(`--${name}`).trim();
const accent = color('accent');

// The right panel is dark in both schemes, so its colours are fixed.
const theme = {
  colors: {
    primary: { main: accent },
    success: { main: color('post') },
    error: { main: color('delete') },
    text: { primary: color('ink'), secondary: color('soft') },
    border: { light: color('line'), dark: color('line') },
    gray: { 50: color('card'), 100: color('line') },
    http: { get: '#1d63b8', post: '#1b7a3d', put: '#935900', patch: '#6d4bc0', delete: '#b3322b' },
    responses: {
      success: { color: color('post'), tabTextColor: '#76cf92' },
      error: { color: color('delete'), tabTextColor: '#f0928b' },
      redirect: { color: color('put'), tabTextColor: '#e2b062' },
      info: { color: color('get'), tabTextColor: '#7fb4f5' },
    },
  },
  schema: { nestedBackground: color('card'), linesColor: color('line'), requireLabelColor: color('delete') },
  typography: {
    fontSize: '15px',
    fontFamily: color('sans'),
    headings: { fontFamily: color('sans'), fontWeight: '600' },
    code: { fontFamily: color('mono'), color: color('ink'), backgroundColor: color('line'), wrap: true },
    links: { color: accent, visited: accent, hover: accent },
  },
  sidebar: { backgroundColor: color('card'), textColor: color('ink'), activeTextColor: accent },
  rightPanel: {
    backgroundColor: '#20272d',
    textColor: '#e3e6e8',
    servers: {
      overlay: { backgroundColor: color('card'), textColor: color('ink') },
      url: { backgroundColor: color('paper') },
    },
  },
  codeBlock: { backgroundColor: '#15191d' },
  fab: { backgroundColor: color('card'), color: accent },
};

darkScheme.addEventListener('change', () => window.location.reload());

start().catch(() => {
  element.textContent = 'The contract could not be loaded. Reload the page to try again.';
});

async function start() {
  const url = element.dataset.document;
  const contract = await (await fetch(url)).json();
  // Redoc is given a document to show, so it must be told where the published one is.
  const options = { theme, downloadDefinitionUrl: url, nativeScrollbars: true, showExtensions: true };
  Redoc.init(withPoliciesTold(contract), options, element, openMenuByKeyboard);
}

/** On a phone the menu hides behind a round button that Redoc made for fingers alone. */
function openMenuByKeyboard() {
  const button = element.querySelector('.menu-content + div');
  button.setAttribute('role', 'button');
  button.setAttribute('aria-label', 'Menu');
  button.tabIndex = 0;
  button.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' || event.key === ' ') button.click();
  });
}
