/** What a route has answered. A test says where it looks and gets what is there, or undefined; nothing is trusted to have a shape. */
export class Answer {
  constructor(
    readonly status: number,
    readonly body: unknown,
  ) {}

  static async of(response: Response): Promise<Answer> {
    const text = await response.text();
    return new Answer(response.status, text === '' ? undefined : JSON.parse(text));
  }

  /** By names and places: `items.0.posted`. */
  at(path: string): unknown {
    return path.split('.').reduce(memberOf, this.body);
  }

  /** Fails where there is none, so that no test goes on with `undefined` in a path or a sum. */
  text(path: string): string {
    const found = this.at(path);
    if (typeof found === 'string') return found;
    throw new Error(`No text at ${path}: ${JSON.stringify(this.body)}`);
  }

  list(path: string): readonly unknown[] {
    const found = this.at(path);
    if (Array.isArray(found)) return found;
    throw new Error(`No list at ${path}: ${JSON.stringify(this.body)}`);
  }
}

/** With its headers and its bytes, for what is no JSON. */
export class Reply extends Answer {
  private constructor(
    status: number,
    body: unknown,
    readonly headers: Headers,
    readonly bytes: Buffer,
  ) {
    super(status, body);
  }

  static override async of(response: Response): Promise<Reply> {
    const { status, headers } = response;
    const bytes = Buffer.from(await response.arrayBuffer());
    const isJson = headers.get('content-type')?.includes('json') ?? false;
    const body: unknown = isJson ? JSON.parse(bytes.toString()) : undefined;
    return new Reply(status, body, headers, bytes);
  }
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}
