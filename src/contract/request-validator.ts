/** Validation in place of openapi-backend's: our decoder, Ajv2020, every error at once. */
import { OpenAPIValidator } from 'openapi-backend';
import { maxFieldErrors, parameterErrors } from './field-errors.ts';
import { unsafeTextErrors } from './parameters.ts';
import { validationFailed } from './problem.ts';
import { asExchange } from './exchange.ts';
import type { Request, ValidationResult } from 'openapi-backend';
import type { Exchange } from './exchange.ts';
import type { Operation } from './operation.ts';
import type { ParameterValues } from './parameters.ts';
import type { FieldError } from './problem.ts';

export class RequestValidator extends OpenAPIValidator {
  constructor() {
    const definition = { openapi: '3.0.0', info: { title: '', version: '' }, paths: {} };
    super({ definition, lazyCompileValidators: true });
  }

  /** Called by openapi-backend after the security stage. Throws the 422 itself, so nothing can run on. */
  override validateRequest(request: Request): ValidationResult {
    const errors = validate(asExchange(request));
    if (errors.length > 0) throw validationFailed(errors.slice(0, maxFieldErrors));
    return { valid: true, errors: null };
  }
}

function validate(exchange: Exchange): readonly FieldError[] {
  const { operation, body } = exchange;
  const { values, errors } = operation.parameterDecoder.decode(exchange);
  exchange.parameters = values;
  const faults = parameterFaults(operation, values);
  const bodyFaults = body?.validate() ?? none;
  return errors.length + faults.length + bodyFaults.length === 0
    ? none
    : [...errors, ...faults, ...bodyFaults];
}

const none: readonly FieldError[] = [];

/** A URL is short enough to collect every error. */
function parameterFaults({ parameterValidator }: Operation, values: ParameterValues): readonly FieldError[] {
  return parameterValidator.accepts(values)
    ? unsafeTextErrors(values)
    : parameterErrors(parameterValidator.everyError(values));
}
