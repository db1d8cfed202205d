/** One turn of what a model is shown. */
export interface Message {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** What a model said, unread. */
export interface Said {
  readonly text: string;
}
