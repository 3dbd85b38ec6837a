// Nothing leaves the server: no validator, no fonts, no telemetry; what is typed under "Authorize" is not kept.
SwaggerUIBundle({
  dom_id: '#api',
  url: new URL('openapi.json', document.baseURI).href,
  validatorUrl: null,
  // Over plain HTTP nothing else shows the server that its own page makes a call.
  requestInterceptor: (request) => {
    request.headers['X-Requested-With'] = 'docs';
    return request;
  },
  deepLinking: true,
  persistAuthorization: false,
  defaultModelsExpandDepth: 0,
});
