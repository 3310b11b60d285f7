'use strict';

// What every thread begins with. It is a CommonJS module, because Piscina asks for it with `require`: a thread that is ended while
// `require` puts an ES module together takes the whole process with it (Node 20.20, `v8::Module::IsGraphAsync`), and one that is
// ended while `import` does so does not.
module.exports = async function runModule({ module: url, task }) {
  const loaded = await import(url);
  return loaded.default(task);
};
