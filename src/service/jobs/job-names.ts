/** Every job that makeJob makes. */
export const JOB_NAMES = ['expire', 'reconcile', 'verify', 'rotate', 'prune', 'webhooks'] as const;
export type JobName = (typeof JOB_NAMES)[number];
