/** One message of a stream of server-sent events; a comment has neither id nor data. */
export interface Message {
  id: string;
  data: string;
}

/** Reads server-sent events (WHATWG HTML, 9.2) from the body of an answer until it ends. */
export async function* messagesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Message> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      rest += decoder.decode(value, { stream: true });
      const blocks = rest.split('\n\n');
      rest = blocks.pop()!;
      for (const block of blocks) yield messageOf(block);
    }
  } finally {
    // Also where the caller reads no further: nothing may stay open.
    void reader.cancel().catch(() => {});
  }
}

function messageOf(block: string): Message {
  const message: Message = { id: '', data: '' };
  for (const line of block.split('\n')) {
    const [, field, value] = /^(id|data): ?(.*)$/.exec(line) ?? [];
    if (field) message[field as keyof Message] += value;
  }
  return message;
}
