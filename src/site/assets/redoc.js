/* global Redoc, document, window */
// Starts Redoc in the colours of the site. It mixes colours itself, so it needs them as values, not as variables.

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
};

darkScheme.addEventListener('change', () => window.location.reload());

Redoc.init(element.dataset.document, { theme, nativeScrollbars: true, showExtensions: true }, element);
