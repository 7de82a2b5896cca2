/** What each page may load, as `Content-Security-Policy`. Nothing comes from another host. */

const closed = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** For pages that are text alone. */
export const textPolicy = `${closed}; style-src 'self'; img-src 'self'`;

/** For what Swagger UI and Redoc have in common: they fetch the contract, and their icons are `data:` URLs. */
const tool = `${closed}; script-src 'self'; connect-src 'self'; img-src 'self' data:`;

export const swaggerPolicy = `${tool}; style-src 'self'`;

/** Redoc writes its styles into the page, and searches in a worker that it makes from a blob. */
export const redocPolicy = `${tool}; style-src 'self' 'unsafe-inline'; worker-src blob:`;
