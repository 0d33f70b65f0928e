import { createContext, useContext } from 'react';
import type { Platform, SignInWay } from '../../../shared/connection-views.ts';

/** Starts and shows sign-ins, from wherever a page offers one. */
export interface SignIn {
  /** Begins a sign-in; without a way, by the best one. A provider that is not set up leads to its set-up first. */
  start(platform: Platform, way?: SignInWay): void;
  /** Shows a sign-in that waits already. */
  show(flowId: string): void;
}

export const SignInContext = createContext<SignIn | null>(null);

export function useSignIn(): SignIn {
  const signIn = useContext(SignInContext);
  if (!signIn) throw new Error('Pages stand inside <SignInProvider>.');
  return signIn;
}
