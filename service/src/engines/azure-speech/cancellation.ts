/** Why the Speech SDK cancelled a recognition, in words of our error catalogue. */
import { CancellationErrorCode } from 'microsoft-cognitiveservices-speech-sdk';
import type { AppError } from '../../errors.ts';
import {
  connectionLost,
  failureOfStatus,
  forbidden,
  serviceFault,
  silent,
  throttled,
  unauthorized,
  unreadable,
} from '../azure/failures.ts';

/** A refused upgrade reaches the SDK as a broken connection; only this text still has the status. */
const REFUSED_UPGRADE = /Expected 101 status code: (\d{3})|status code:? (\d{3})\b/i;
const CLOSE_CODE = /websocket error code: (\d{4})/i;

/** 1007 stands for a bad payload, and Azure closes with it when a quota is used up; ours are canonical PCM. */
const THROTTLED_CLOSE = '1007';

/** @param details the SDK's text: read here and never shown, since it holds the URL with the token */
export function failureOf(code: CancellationErrorCode, details: string, stallMs: number): AppError {
  const refused = REFUSED_UPGRADE.exec(details);
  const status = refused === null ? null : Number(refused[1] ?? refused[2]);
  const ofStatus = status === null ? null : failureOfStatus(status);
  if (ofStatus !== null) return ofStatus;
  if (CLOSE_CODE.exec(details)?.[1] === THROTTLED_CLOSE) return throttled();
  switch (code) {
    case CancellationErrorCode.AuthenticationFailure:
      return unauthorized();
    case CancellationErrorCode.Forbidden:
      return forbidden();
    case CancellationErrorCode.TooManyRequests:
      return throttled();
    case CancellationErrorCode.ServiceTimeout:
      return silent(stallMs);
    case CancellationErrorCode.ServiceError:
      return serviceFault('it reported an error of its own');
    case CancellationErrorCode.RuntimeError:
      return unreadable();
    case CancellationErrorCode.BadRequestParameters:
      return serviceFault('it refused the parameters of the recognition');
    default:
      return status === null ? connectionLost() : serviceFault(`it answered ${status}`);
  }
}
