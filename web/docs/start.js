// Nothing leaves the server: no validator, no fonts, no telemetry; what is typed under "Authorize" is not kept.
SwaggerUIBundle({
  dom_id: '#api',
  url: new URL('openapi.json', document.baseURI).href,
  validatorUrl: null,
  deepLinking: true,
  persistAuthorization: false,
  defaultModelsExpandDepth: 0,
});
