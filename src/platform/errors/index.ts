export {
  ConflictError,
  DependencyBusyError,
  DependencyUnavailableError,
  DomainError,
  InvalidInputError,
  NotFoundError,
  OverloadedError,
  StaleVersionError,
  type FieldError,
} from './domain-error.js';
