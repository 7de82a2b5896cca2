/** The settings of the program: one typed, frozen value, made once from the environment by main.ts. */
import { readMail } from './config/mail.ts';
import type { MailConfig } from './config/mail.ts';
import { allowedNetworks, externalSources, sourceFault } from './config/outbound.ts';
import type { ExternalSource } from './config/outbound.ts';
import * as parse from './config/parse.ts';
import { ConfigError, createSettingReader, type Environment } from './config/read-setting.ts';
import { secretKey, strongPassword } from './config/secrets.ts';
import { readUploads } from './config/uploads.ts';
import type { UploadsConfig } from './config/uploads.ts';

export { ConfigError } from './config/read-setting.ts';
export { settings } from './config/settings.ts';
export type { ExternalSource } from './config/outbound.ts';

export type Config = Readonly<{
  environment: 'development' | 'test' | 'production';
  logLevel: LogLevel;
  http: HttpConfig;
  auth: AuthConfig;
  database: DatabaseConfig;
  mail: MailConfig;
  jobs: JobsConfig;
  uploads: UploadsConfig;
  firstSuperuser: FirstSuperuser | undefined;
  external: ExternalConfig;
  outbound: OutboundConfig;
}>;

export type FirstSuperuser = Readonly<{
  email: string;
  password: string;
  /** The login of the documentation: no secret, so it may be shown. */
  isWellKnown: boolean;
}>;

export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';

export type HttpConfig = Readonly<{
  host: string;
  /** 0: any free port. */
  port: number;
  /** Hops, or the addresses and networks of the proxies: for Express's `trust proxy`. */
  trustProxy: number | readonly string[];
  /** Exact origins whose pages may send credentials. */
  corsOrigins: readonly string[];
  /** Paths of PEM files. */
  tls: Readonly<{ certPath: string; keyPath: string }> | undefined;
}>;

export type AuthConfig = Readonly<{
  /** Absent only outside production: main.ts then makes one and keeps it. */
  secretKey: string | undefined;
  algorithm: 'HS256';
  accessTokenSeconds: number;
  refreshTokenSeconds: number;
  refreshGraceSeconds: number;
}>;

export type DatabaseConfig = Readonly<{
  /** Absent only outside production: an embedded PostgreSQL is used. */
  url: string | undefined;
  poolSize: number;
  namedStatements: boolean;
}>;

export type JobsConfig = Readonly<{
  /** Whether `serve` works on jobs too, or leaves them to `work`. */
  inServe: boolean;
}>;

export type ExternalConfig = Readonly<{
  /** What `getExternalData` asks. */
  sources: readonly ExternalSource[];
}>;

export type OutboundConfig = Readonly<{
  /** Addresses and networks that may be called although they are private. */
  allowedNetworks: readonly string[];
}>;

type Reader = ReturnType<typeof createSettingReader>;
type Situation = { env: Reader; environment: Config['environment'] };

/**
 * The configuration that `env` describes; unknown variables are ignored, empty ones count as absent.
 * Throws a `ConfigError` that lists every fault at once and shows no secret.
 */
export function readConfig(env: Environment): Config {
  const reader = createSettingReader(env);
  const environment = reader.read(
    'NODE_ENV',
    parse.oneOf('development', 'test', 'production'),
    'development',
  );
  const situation = { env: reader, environment };
  const logLevel = readLogLevel(situation);
  const http = readHttp(situation);
  const outbound = readOutbound(situation);
  const config = Object.freeze({
    environment,
    logLevel,
    http,
    auth: readAuth(situation),
    database: readDatabase(situation),
    mail: readMail(reader),
    jobs: Object.freeze({
      inServe: reader.read('SERVE_RUNS_JOBS', parse.onOrOff, environment !== 'production'),
    }),
    uploads: readUploads(reader),
    firstSuperuser: readFirstSuperuser(situation, http.host),
    external: readExternal(situation, outbound),
    outbound,
  });
  if (reader.faults.length > 0) throw new ConfigError(reader.faults);
  return config;
}

function readLogLevel({ env }: Situation): LogLevel {
  const level = parse.oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent');
  return env.read('LOG_LEVEL', level, 'info');
}

function readHttp({ env, environment }: Situation): HttpConfig {
  return Object.freeze({
    host: env.read('HOST', parse.hostName, environment === 'production' ? '0.0.0.0' : '127.0.0.1'),
    port: env.read('PORT', parse.wholeNumber(0, 65_535), 8000),
    trustProxy: env.read('TRUST_PROXY', parse.trustedProxies, 0),
    corsOrigins: env.read('BACKEND_CORS_ORIGINS', parse.origins, Object.freeze([])),
    tls: readTls(env),
  });
}

function readTls(env: Reader): HttpConfig['tls'] {
  const certPath = env.read('TLS_CERT', parse.filePath, undefined);
  const keyPath = env.read('TLS_KEY', parse.filePath, undefined);
  if (certPath && keyPath) return Object.freeze({ certPath, keyPath });
  if (certPath) env.fault('TLS_KEY', 'is missing: TLS_CERT is set. Set both, or neither.');
  if (keyPath) env.fault('TLS_CERT', 'is missing: TLS_KEY is set. Set both, or neither.');
  return undefined;
}

function readAuth({ env, environment }: Situation): AuthConfig {
  if (environment === 'production' && !env.given('SECRET_KEY')) {
    env.fault('SECRET_KEY', 'is missing. Set it to the output of: openssl rand -base64 48');
  }
  return Object.freeze({
    secretKey: env.read('SECRET_KEY', secretKey, undefined),
    algorithm: env.read('ALGORITHM', parse.oneOf('HS256'), 'HS256'),
    accessTokenSeconds: 60 * env.read('ACCESS_TOKEN_EXPIRE_MINUTES', parse.wholeNumber(1, 1_440), 30),
    refreshTokenSeconds: 86_400 * env.read('REFRESH_TOKEN_EXPIRE_DAYS', parse.wholeNumber(1, 365), 30),
    refreshGraceSeconds: env.read('REFRESH_GRACE_SECONDS', parse.wholeNumber(0, 300), 10),
  });
}

function readDatabase({ env, environment }: Situation): DatabaseConfig {
  if (environment === 'production' && !env.given('DATABASE_URL')) {
    env.fault('DATABASE_URL', 'is missing. Set it to postgres://user:password@host:5432/database');
  }
  return Object.freeze({
    url: env.read('DATABASE_URL', parse.databaseUrl, undefined),
    poolSize: env.read('DATABASE_POOL_SIZE', parse.wholeNumber(1, 500), 10),
    namedStatements: env.read('DATABASE_NAMED_STATEMENTS', parse.onOrOff, true),
  });
}

const developmentSuperuser = Object.freeze({
  email: 'admin@example.com',
  password: 'Admin123',
  isWellKnown: true,
});

/** The well-known login only where nobody else can reach it. */
function readFirstSuperuser({ env, environment }: Situation, host: string): FirstSuperuser | undefined {
  const hasEmail = env.given('FIRST_SUPERUSER');
  const hasPassword = env.given('FIRST_SUPERUSER_PASSWORD');
  const isPrivate = environment === 'development' && /^(127\.|::1$|localhost$)/.test(host);
  if (!hasEmail && !hasPassword) return isPrivate ? developmentSuperuser : undefined;
  if (!hasEmail)
    env.fault('FIRST_SUPERUSER', 'is missing: FIRST_SUPERUSER_PASSWORD is set. Set both, or neither.');
  if (!hasPassword)
    env.fault('FIRST_SUPERUSER_PASSWORD', 'is missing: FIRST_SUPERUSER is set. Set both, or neither.');
  const email = env.read('FIRST_SUPERUSER', parse.emailAddress, '');
  const password = env.read('FIRST_SUPERUSER_PASSWORD', strongPassword, '');
  if (environment === 'production' && password === developmentSuperuser.password) {
    env.fault('FIRST_SUPERUSER_PASSWORD', 'is the one of the documentation. Choose another.');
  }
  return Object.freeze({ email, password, isWellKnown: false });
}

function readOutbound({ env }: Situation): OutboundConfig {
  return Object.freeze({
    allowedNetworks: env.read('OUTBOUND_ALLOWED_NETWORKS', allowedNetworks, Object.freeze([])),
  });
}

function readExternal({ env }: Situation, outbound: OutboundConfig): ExternalConfig {
  const sources = env.read('EXTERNAL_DATA_URLS', externalSources, Object.freeze([]));
  for (const source of sources) {
    const fault = sourceFault(source, outbound.allowedNetworks);
    if (fault) env.fault('EXTERNAL_DATA_URLS', fault);
  }
  return Object.freeze({ sources });
}
