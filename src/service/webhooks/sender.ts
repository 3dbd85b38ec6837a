/** A signed message to a webhook. */
export interface WebhookMessage {
  url: string;
  /** The same at every try. */
  id: string;
  /** Epoch ms. */
  at: number;
  body: string;
  /** Each signs. */
  secrets: readonly string[];
}

/**
 * The outcome of a message. `error` says why it does not count, without anything that was answered;
 * null: it counts.
 */
export interface SendOutcome {
  status: number | null;
  error: string | null;
  /** The pause that the receiver asks for, in ms. */
  retryAfter: number | null;
}

/** Calls webhooks. It never rejects. */
export interface Sender {
  send(message: WebhookMessage, signal: AbortSignal): Promise<SendOutcome>;
  close(): Promise<void>;
}
