/** The globs of everything that import directions are judged in; built output is not among them. */
module.exports = {
  SOURCES: [
    'apps/*/{src,test,engines}/**/*.ts',
    'libs/*/{src,test,bench}/**/*.{ts,mjs}',
    'libs/*/*.{ts,cjs,mjs}',
  ],
};
