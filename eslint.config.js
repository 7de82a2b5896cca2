import { readdirSync } from 'node:fs';
import js from '@eslint/js';
import { createNodeResolver, importX } from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

/** Who may import whom: each layer of src/ with what it may use besides npm packages. */
const LAYERS = {
  'main.ts': ['src'],
  'commands.ts': ['src'],
  'serve.ts': ['src', 'generated/validators.js'],
  'work.ts': ['src'],
  'launch.ts': ['src'],
  'start.ts': ['src'],
  'background.ts': ['src/features', 'src/platform', 'src/retention.ts'],
  'retention.ts': ['src/platform'],
  'app.ts': ['src/api.ts', 'src/bind-contract.ts', 'src/contract', 'src/platform', 'src/site'],
  'bind-contract.ts': [
    'src/api.ts',
    'src/app.ts',
    'src/contract',
    'src/features',
    'src/platform',
    'src/policies',
  ],
  'features/*.ts': ['src/api.ts', 'src/contract', 'src/platform'],
  'api.ts': ['src/contract', 'src/platform', 'generated'],
  'policies/**': ['src/policies', 'src/contract', 'src/platform'],
  'site/**': ['src/site', 'src/contract', 'src/platform'],
  'platform/**': ['src/platform'],
  'platform/database/**': ['src/platform', 'generated/database.ts'],
  'contract/**': ['src/contract'],
  'migrations/**': [],
};

/** One feature reaches into another only along this list. */
const FEATURES = {
  auth: ['users'],
  tasks: ['files'],
  users: ['auth'],
  realtime: ['auth', 'tasks'],
};

/** Modules that load a lot which nobody here wants: a start pays for it. Types cost nothing. */
const LIGHTER = [
  { name: 'jose', message: 'It loads all of jose: take jose/jwt/sign, jose/jwt/verify and so on.' },
  {
    name: 'prom-client',
    message: 'It loads OpenTelemetry: take what you need from src/platform/prometheus.ts.',
  },
  { name: 'node:http', message: 'It loads undici: take what you need from src/platform/node-http.ts.' },
];

export default tseslint.config(
  { ignores: ['node_modules/', 'generated/', '.data/', 'coverage/', 'scripts/bench/peers/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' }, plugins: { 'import-x': importX } },
  js.configs.recommended,
  { files: ['**/*.js'], languageOptions: { globals: { process: 'readonly', URL: 'readonly' } } },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    settings: {
      'import-x/resolver-next': [createNodeResolver({ extensions: ['.ts', '.js', '.json'] })],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] },
    },
    rules: {
      '@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'never' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowBoolean: true, allowNumber: true },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      // An async function without await is how a promised interface is met.
      '@typescript-eslint/require-await': 'off',
      // Dependencies are objects of closures: taking one apart is safe.
      '@typescript-eslint/unbound-method': 'off',
      // Short arrow functions for a side effect are clear enough; Promise.withResolvers<void>() is correct.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-invalid-void-type': 'off',
      // Classes of libraries are used as the interfaces that they are in JavaScript.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
      'max-depth': ['error', 3],
      'max-lines': ['error', 220],
      // A factory counts with all the functions that it returns.
      'max-lines-per-function': ['error', { max: 100, skipBlankLines: true, skipComments: true }],
      'max-params': ['error', 3],
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      'import-x/no-default-export': 'error',
      'no-console': 'error',
      'no-restricted-properties': [
        'error',
        {
          object: 'process',
          property: 'env',
          message: 'Only src/main.ts reads it; others are handed settings.',
        },
      ],
      '@typescript-eslint/no-restricted-imports': [
        'error',
        { paths: LIGHTER.map((one) => ({ ...one, allowTypeImports: true })) },
      ],
      ...mayImport('src', []),
    },
  },
  ...Object.entries(LAYERS).map(([layer, allowed]) => ({
    files: [`src/${layer}`],
    rules: mayImport(layer, allowed),
  })),
  ...featureFolders().map((feature) => ({
    files: [`src/features/${feature}/**`],
    rules: mayImport(`features/${feature}`, [
      ...LAYERS['features/*.ts'],
      ...sharedByFeatures(),
      ...[feature, ...(FEATURES[feature] ?? [])].map((name) => `src/features/${name}`),
    ]),
  })),
  {
    // Types that compute types need both; each `as` there carries its reason.
    files: ['src/contract/**', 'test/**/*.test-d.ts'],
    rules: {
      '@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'as' }],
      '@typescript-eslint/no-generated-empty-object-type': 'off',
    },
  },
  {
    // They say what others export, as others do it.
    files: ['src/**/*.d.ts'],
    rules: { 'import-x/no-default-export': 'off', '@typescript-eslint/no-restricted-imports': 'off' },
  },
  { files: ['src/main.ts'], rules: { 'no-restricted-properties': 'off', 'no-console': 'off' } },
  {
    files: ['test/**/*.ts'],
    rules: {
      // What comes over the wire, and what jest's expect.any() gives, is `any`.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      'max-lines': ['error', 400],
      'max-lines-per-function': 'off',
      // A row of test.each is spread over the parameters.
      'max-params': 'off',
    },
  },
);

/** The layer rule for one layer: everything in this checkout is closed to it but npm packages and `allowed`. */
function mayImport(layer, allowed) {
  const except = ['./node_modules', ...allowed.map((name) => `./${name}`)];
  const message = `${layer} may import ${allowed.join(', ') || 'npm packages'} only (LAYERS in eslint.config.js).`;
  return {
    'import-x/no-restricted-paths': ['error', { zones: [{ target: './src', from: '.', except, message }] }],
  };
}

function featureFolders() {
  return featureEntries()
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
}

/** The files directly in src/features/, which every feature may use. */
function sharedByFeatures() {
  return featureEntries()
    .filter((entry) => entry.isFile())
    .map(({ name }) => `src/features/${name}`);
}

function featureEntries() {
  return readdirSync(new URL('src/features/', import.meta.url), { withFileTypes: true });
}
