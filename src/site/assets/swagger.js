/* global SwaggerUIBundle, document, window */
// Starts Swagger UI. Its own top bar, which would follow the system's colour scheme, is not loaded.
import { withPoliciesTold } from './policies.js';

const element = document.getElementById('swagger-ui');
const contractUrl = new URL(element.dataset.document, window.location.href).href;
const darkScheme = window.matchMedia('(prefers-color-scheme: dark)');

followScheme();
darkScheme.addEventListener('change', followScheme);

const ui = SwaggerUIBundle({
  domNode: element,
  url: element.dataset.document,
  validatorUrl: null,
  deepLinking: true,
  displayRequestDuration: true,
  tryItOutEnabled: true,
  persistAuthorization: false,
  showExtensions: true,
  showCommonExtensions: true,
  defaultModelsExpandDepth: 0,
  responseInterceptor(response) {
    if (response.url === contractUrl) response.text = forReaders(response.text);
    return response;
  },
});

// The sign-in knows no OAuth clients, so none is sent. The account decides what the token allows.
ui.initOAuth({ clientId: '', scopes: ['user'] });

function followScheme() {
  document.documentElement.classList.toggle('dark-mode', darkScheme.matches);
}

function forReaders(contract) {
  const shown = withPoliciesTold(JSON.parse(contract));
  Object.values(shown.paths).forEach(moveParameters);
  return JSON.stringify(withOptionalParametersEmpty(shown));
}

/** Of what a whole path has in common Swagger UI does not follow the `$ref`s: it calls their type `any`. */
function moveParameters(item) {
  const { parameters: shared = [], ...operations } = item;
  delete item.parameters;
  for (const operation of Object.values(operations).filter((each) => each.responses)) {
    operation.parameters = [...shared, ...(operation.parameters ?? [])];
  }
}

/**
 * Swagger UI fills in the example of an optional parameter and sends it, unasked: `If-None-Match` would make
 * a 304 of the first try. So here such an example is told in words.
 */
function withOptionalParametersEmpty(contract) {
  const tell = (_key, node) => (isOptionalParameter(node) ? inWords(node) : node);
  return JSON.parse(JSON.stringify(contract), tell);
}

function isOptionalParameter(node) {
  const isParameter = ['query', 'header', 'cookie'].includes(node?.in) && 'schema' in node;
  return isParameter && !node.required;
}

function inWords({ examples = {}, ...parameter }) {
  const [example] = Object.values(examples);
  if (!example) return parameter;
  return { ...parameter, description: `${parameter.description ?? ''}\n\nFor example \`${example.value}\`.` };
}
