const at = (path) => new URL(path, document.baseURI).href;
const isLegacy = new URLSearchParams(location.search).get('api') === 'legacy';

// The choice is shown only where there is one: the legacy APIs may be off.
async function showChoice() {
  const { links } = await (await fetch(at('.'))).json();
  const choice = document.getElementById('documents');
  choice.hidden = links.openapiLegacy === undefined;
  choice.children[isLegacy ? 1 : 0].setAttribute('aria-current', 'page');
}

// Nothing leaves the server: no validator, no fonts, no telemetry; what is typed under "Authorize" is not kept.
SwaggerUIBundle({
  dom_id: '#api',
  url: at(isLegacy ? 'openapi-legacy.json' : 'openapi.json'),
  validatorUrl: null,
  // Over plain HTTP nothing else shows the server that its own page makes a call.
  requestInterceptor: (request) => {
    request.headers['X-Requested-With'] = 'docs';
    return request;
  },
  deepLinking: true,
  displayOperationId: true,
  filter: true,
  persistAuthorization: false,
  defaultModelsExpandDepth: 0,
});
showChoice();
