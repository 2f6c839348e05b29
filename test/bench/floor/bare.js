/** Answers without reading: what the runtime itself costs. */
// oxlint-disable-next-line import/no-default-export -- what workerd calls
export default {
  fetch: () => new Response(null, { status: 202 }),
};
