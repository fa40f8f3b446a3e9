import { takeToken } from './api/token.ts';
import { Dashboard } from './state/dashboard.ts';

const token = takeToken();

/** The session's dashboard, with its first requests under way; null without a token. */
export const dashboard: Dashboard | null = token === null ? null : new Dashboard(token);
dashboard?.start();
