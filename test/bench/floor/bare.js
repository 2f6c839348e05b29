/** Answers without reading: what the runtime itself costs. */
export default {
  fetch: () => new Response(null, { status: 202 }),
};
