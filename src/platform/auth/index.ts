export { Public, Roles, type Access } from './access.js';
export { ForbiddenError, UnauthenticatedError } from './auth-errors.js';
export { AuthModule } from './auth.module.js';
export { issueToken } from './issue-token.js';
export { JwtAuthGuard } from './jwt-auth.guard.js';
export { ROLES, type Principal, type Role } from './principal.js';
export { CurrentPrincipal, principalOfRequest, rememberPrincipal } from './request-principal.js';
export { RolesGuard } from './roles.guard.js';
export { TokenAuthenticator } from './token-authenticator.js';
