import { createSecretKey } from 'node:crypto';
import { Global, Module } from '@nestjs/common';
import { Clock } from '../clock/index.js';
import { AppConfig } from '../config/index.js';
import { Logger } from '../logging/index.js';
import { JwksKeys } from './jwks-keys.js';
import { JwtAuthGuard } from './jwt-auth.guard.js';
import { JwtStrategy } from './jwt.strategy.js';
import { RolesGuard } from './roles.guard.js';
import { loadOrCreateSecret } from './secret-file.js';
import { TokenAuthenticator } from './token-authenticator.js';
import { SharedSecret, VerificationKeys } from './verification-keys.js';

async function createVerificationKeys(config: AppConfig, clock: Clock, logger: Logger): Promise<VerificationKeys> {
  const { jwksUrl, algorithm, secret } = config.auth;
  if (jwksUrl) {
    const log = logger.child('auth');
    return new JwksKeys(jwksUrl, algorithm, clock, (err) =>
      log.warn('The signing keys could not be fetched.', { err }),
    );
  }
  return new SharedSecret(createSecretKey(secret ?? (await loadOrCreateSecret(config.database.dataDir)), 'utf8'));
}

/** Who may do what. `platform/http` puts the guards before every route. */
@Global()
@Module({
  providers: [
    { provide: VerificationKeys, useFactory: createVerificationKeys, inject: [AppConfig, Clock, Logger] },
    JwtStrategy,
    TokenAuthenticator,
    JwtAuthGuard,
    RolesGuard,
  ],
  exports: [TokenAuthenticator, JwtAuthGuard, RolesGuard],
})
export class AuthModule {}
