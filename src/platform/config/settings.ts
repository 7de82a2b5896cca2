/** Every setting this program reads, for people: `.env.example` and the README's table are checked against it. */
export type Setting = { readonly name: string; readonly default: string; readonly description: string };

export const settings = [
  {
    name: 'NODE_ENV',
    default: 'development',
    description: 'development, test or production.',
  },
  { name: 'PORT', default: '8000', description: 'Port to listen on; 0 takes any free one.' },
  {
    name: 'HOST',
    default: '127.0.0.1, in production 0.0.0.0',
    description: 'Address to listen on.',
  },
  {
    name: 'SECRET_KEY',
    default: 'required in production; in development generated and kept under .data/',
    description:
      'Signs the access tokens: at least 32 bytes, such as the output of `openssl rand -base64 48`.',
  },
  {
    name: 'ALGORITHM',
    default: 'HS256',
    description: 'Signature of the access tokens; HS256 is the only one.',
  },
  {
    name: 'ACCESS_TOKEN_EXPIRE_MINUTES',
    default: '30',
    description: 'Life of an access token.',
  },
  { name: 'REFRESH_TOKEN_EXPIRE_DAYS', default: '30', description: 'Life of a refresh token.' },
  {
    name: 'REFRESH_GRACE_SECONDS',
    default: '10',
    description: 'How long a second use of a refresh token counts as a race of two tabs, not as theft.',
  },
  {
    name: 'DATABASE_URL',
    default: 'required in production; in development an embedded PostgreSQL',
    description: 'postgres://user:password@host:5432/database',
  },
  { name: 'DATABASE_POOL_SIZE', default: '10', description: 'Most connections this process opens.' },
  {
    name: 'DATABASE_NAMED_STATEMENTS',
    default: 'on',
    description:
      'on or off: prepared statements with names. Off behind a pooler that switches per transaction.',
  },
  {
    name: 'BACKEND_CORS_ORIGINS',
    default: 'none',
    description: 'Origins whose pages may call the API: https://app.example.com,https://admin.example.com',
  },
  {
    name: 'FIRST_SUPERUSER',
    default: 'in development on a loopback address admin@example.com, else none',
    description: 'E-mail address of the superuser made at the first start.',
  },
  {
    name: 'FIRST_SUPERUSER_PASSWORD',
    default: 'in development on a loopback address Admin123, else none',
    description:
      'Its password: 8 to 100 characters with an upper-case letter, a lower-case letter and a digit.',
  },
  {
    name: 'SMTP_HOST',
    default: 'none: in development mails are kept under .data/mail/, in production they wait',
    description: 'Server that takes the mail.',
  },
  { name: 'SMTP_PORT', default: '587', description: 'Its port.' },
  {
    name: 'SMTP_SECURITY',
    default: 'tls with port 465, else starttls',
    description: 'tls, starttls or none. With the first two nothing is ever sent in the clear.',
  },
  { name: 'SMTP_USER', default: 'none', description: 'Login at that server; needs SMTP_PASSWORD.' },
  { name: 'SMTP_PASSWORD', default: 'none', description: 'Its password; needs SMTP_USER.' },
  {
    name: 'EMAILS_FROM_EMAIL',
    default: 'required with SMTP_HOST',
    description: 'Address that all mail comes from.',
  },
  {
    name: 'UPLOAD_DIR',
    default: '.data/uploads',
    description: 'Folder of the uploaded files: of one database alone, shared by all processes.',
  },
  { name: 'UPLOAD_QUOTA_MIB', default: '10240', description: 'Most that one user may keep, in MiB.' },
  {
    name: 'SERVE_RUNS_JOBS',
    default: 'on, in production off',
    description:
      'on or off: whether `serve` does background work as well. If off, `work` must run somewhere.',
  },
  {
    name: 'EXTERNAL_DATA_URLS',
    default: 'none',
    description: 'What getExternalData asks: up to 8 http or https URLs, separated by commas.',
  },
  {
    name: 'OUTBOUND_ALLOWED_NETWORKS',
    default: 'none',
    description: 'Private addresses and networks that the server may call: 10.1.0.0/16,127.0.0.1',
  },
  {
    name: 'S3_BUCKET',
    default: 'none: files are kept in UPLOAD_DIR',
    description: 'Bucket of the uploaded files, of one database alone; needs the two keys.',
  },
  {
    name: 'S3_ENDPOINT',
    default: 'that of AWS for the region',
    description: 'URL of another S3-compatible store: https://s3.example.com',
  },
  { name: 'S3_REGION', default: 'us-east-1', description: 'Its region.' },
  { name: 'S3_ACCESS_KEY_ID', default: 'required with S3_BUCKET', description: 'Login at that store.' },
  { name: 'S3_SECRET_ACCESS_KEY', default: 'required with S3_BUCKET', description: 'Its secret.' },
  {
    name: 'S3_FORCE_PATH_STYLE',
    default: 'on with S3_ENDPOINT, else off',
    description: 'on or off: whether the bucket stands in the path of the URL or in the name of its host.',
  },
  {
    name: 'LOG_LEVEL',
    default: 'info',
    description: 'fatal, error, warn, info, debug, trace or silent.',
  },
  {
    name: 'TRUST_PROXY',
    default: '0',
    description:
      'Whose X-Forwarded-For is believed: a number of hops, or addresses and networks: 10.0.0.0/8,::1',
  },
  { name: 'TLS_CERT', default: 'none', description: 'File with the certificate chain (PEM); needs TLS_KEY.' },
  { name: 'TLS_KEY', default: 'none', description: 'File with the private key (PEM); needs TLS_CERT.' },
] as const satisfies readonly Setting[];

export type SettingName = (typeof settings)[number]['name'];
