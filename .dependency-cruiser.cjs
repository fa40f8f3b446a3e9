/**
 * The hexagon: dependencies point inwards. Each rule has a planted violation in tooling/test/dependency-rules.test.ts.
 * A package's tests keep to the same arrows as its sources; tests that cross packages live in tests/.
 */
module.exports = {
  forbidden: [
    {
      name: 'domain-imports-nothing-of-ours',
      comment: 'domain holds values and pure rules; what needs a port belongs further out',
      severity: 'error',
      from: { path: '^packages/domain/' },
      to: { path: '^packages/', pathNot: '^packages/domain/' },
    },
    {
      name: 'runtime-imports-nothing-of-ours',
      comment: 'runtime holds the collaborators that every package is given',
      severity: 'error',
      from: { path: '^packages/runtime/' },
      to: { path: '^packages/', pathNot: '^packages/runtime/' },
    },
    {
      name: 'ports-import-only-domain-and-runtime',
      comment: 'a port knows neither who calls it nor who implements it',
      severity: 'error',
      from: { path: '^packages/ports/([^/]+)/' },
      to: { path: '^packages/(?!ports/)', pathNot: '^packages/(domain|runtime)/' },
    },
    {
      name: 'no-port-imports-another',
      severity: 'error',
      from: { path: '^packages/ports/([^/]+)/' },
      to: { path: '^packages/ports/', pathNot: '^packages/ports/$1/' },
    },
    {
      name: 'application-imports-no-adapter',
      comment: 'application code sees ports; an app chooses what stands behind them',
      severity: 'error',
      from: { path: '^packages/application/' },
      to: { path: '^packages/adapters/' },
    },
    {
      name: 'no-application-package-imports-another',
      severity: 'error',
      from: { path: '^packages/application/([^/]+)/' },
      to: { path: '^packages/application/', pathNot: '^packages/application/$1/' },
    },
    {
      name: 'no-adapter-imports-another',
      severity: 'error',
      from: { path: '^packages/adapters/([^/]+)/' },
      to: { path: '^packages/adapters/', pathNot: '^packages/adapters/$1/' },
    },
    {
      name: 'driven-adapters-import-no-application',
      comment: 'only driving adapters (mexc-sandbox, http-api) call the application',
      severity: 'error',
      from: { path: '^packages/adapters/', pathNot: '^packages/adapters/(mexc-sandbox|http-api)/' },
      to: { path: '^packages/application/' },
    },
    {
      name: 'no-package-imports-an-app',
      comment: 'an app is wiring: it parses, wires, prints',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^apps/' },
    },
    {
      name: 'no-app-imports-another',
      comment: '`prate sandbox` is prate-sandbox, by its main entry: one wiring for both',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: ['^apps/$1/', '^apps/sandbox/src/index[.]ts$'] },
    },
    {
      name: 'sources-import-no-tests',
      severity: 'error',
      from: { path: '^(packages|apps)/.*/src/' },
      to: { path: ['^(tests|tooling)/', '^(packages|apps)/.*/test/'] },
    },
    {
      name: 'no-node-modules-inside-the-hexagon',
      comment: 'files, sockets, timers and processes belong to adapters and apps',
      severity: 'error',
      from: { path: '^packages/(domain|runtime|ports|application)/.*src/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'only-inversify-ts-imports-inversify',
      comment: 'a main entry never loads inversify; wiring is the subpath ./inversify',
      severity: 'error',
      from: { path: '^packages/.*src/', pathNot: '/src/inversify[.]ts$' },
      to: { path: '(^|/)(node_modules/)?inversify(/|$)', pathNot: '^packages/' },
    },
    {
      name: 'only-conformance-vitest-ts-imports-vitest',
      comment: 'conformance suites are data; only their binding knows a test runner',
      severity: 'error',
      from: { path: '^packages/.*src/', pathNot: '/src/conformance/vitest[.]ts$' },
      to: { path: '(^|/)(node_modules/)?vitest(/|$)', pathNot: '^packages/' },
    },
    {
      name: 'no-built-files',
      comment: 'sources, tests and types read src; dist is for publishing',
      severity: 'error',
      from: {},
      to: { path: '^(packages|apps|tests)/.*/?dist/' },
    },
    {
      name: 'no-unresolvable',
      comment: 'tests/ccxt is an install of its own, which is made when it runs',
      severity: 'error',
      from: { pathNot: '^tests/ccxt/' },
      to: { couldNotResolve: true },
    },
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '(^|/)dist/'] },
    tsPreCompilationDeps: true, // imports of types are dependencies too
    enhancedResolveOptions: {
      conditionNames: ['@prate/source', 'import', 'node', 'default'],
      exportsFields: ['exports'],
      extensions: ['.ts', '.js', '.json'],
    },
  },
};
