import type { CommandBus } from '@nestjs/cqrs';
import { LINE_CREDITED, type LineCreditedData } from '@tributary/contracts';
import { type FeedEvent, type Reaction, type Topics, reaction } from '@tributary/feeds';
import { parseStreamName } from '@tributary/kernel';
import { earningsStreamOf, windowOfStream } from '../domain/earnings/window';
import { type LineDirectory, lineNameOf, paidAtsOf } from './directory';
import { type SendLines, type ToWindow, dispatchToWindow, streamOfEarnings } from './earnings';
import { WindowFinder, belongingOf } from './windows';

export interface Whereabouts {
  readonly directory: LineDirectory;
  readonly topics: Topics;
}

/**
 * A line goes to every window in which anybody may earn on it, and to every window that it ever reached. It is registered first and
 * then terms are read; whoever tells terms registers them first and then reads the lines, so that one of the two sees the other.
 */
export const linesCredited = (bus: CommandBus, whereabouts: Whereabouts): Reaction<ToWindow> =>
  reaction<ToWindow, Record<string, LineCreditedData>>({
    name: 'lines_credited',
    // Lines are registered and windows are reached by what the events say; what windows make of them is not asked for.
    looksAhead: true,
    on: { [LINE_CREDITED]: (event) => windowsOfLine(event, whereabouts) },
    target: streamOfEarnings,
    dispatch: dispatchToWindow(bus, whereabouts.directory),
  });

export async function windowsOfLine(
  {
    tenant,
    data,
    revision,
  }: Pick<FeedEvent<string, LineCreditedData>, 'data' | 'revision' | 'tenant'>,
  { directory, topics }: Whereabouts,
): Promise<readonly SendLines[]> {
  const line = lineNameOf(data);
  const named = data.steps.flatMap(({ value }) => value.parts.map(({ partner }) => partner));
  const registered = {
    tenant,
    line,
    revision: Number(revision),
    data,
    partners: [...new Set(named)],
  };
  const partners = await directory.register(registered);
  if (partners.length === 0) return [];
  const finder = new WindowFinder(topics);
  const belonging = await finder.find(tenant, partners, paidAtsOf(data));
  const reached = await directory.reach(
    { tenant, line },
    belonging.map(({ id, child }) => ({
      stream: earningsStreamOf(tenant, id),
      child: child ?? '',
    })),
  );
  const zones = new Map(belonging.map(({ id, zone }) => [id.plan, zone]));
  const commands: SendLines[] = [];
  for (const { stream, child } of reached) {
    const id = windowOfStream(parseStreamName(stream));
    const zone = zones.get(id.plan) ?? (await zoneOf(finder, tenant, id.plan));
    commands.push({
      type: 'SendLines',
      id,
      zone,
      child: child === '' ? null : child,
      lines: [line],
    });
  }
  return commands;
}

/** Of a window that only an earlier revision named. It was opened once, so its plan is known. */
async function zoneOf(finder: WindowFinder, tenant: string, plan: string): Promise<string> {
  const shapes = await finder.shapesOf(tenant, [plan]);
  return shapes.get(plan)?.zone ?? 'UTC';
}

const LINES_AT_ONCE = 50;

/** All lines of a partner, once terms have been told that may open windows for them. */
export async function linesOfPartner(
  tenant: string,
  partner: string,
  { directory, topics }: Whereabouts,
): Promise<readonly SendLines[]> {
  const terms = await new WindowFinder(topics).termsOf(tenant, [partner]);
  const windows = new Map<string, Omit<SendLines, 'lines'> & { lines: string[] }>();
  for await (const page of directory.linesOf(tenant, partner)) {
    const reached = page.flatMap(({ line, paidAts }) =>
      belongingOf(terms, paidAts).map((belonging) => {
        const { id, zone, child } = belonging;
        const stream = earningsStreamOf(tenant, id);
        const name = `${stream} ${child ?? ''}`;
        const known = windows.get(name);
        if (known) known.lines.push(line);
        else windows.set(name, { type: 'SendLines', id, zone, child, lines: [line] });
        return { line, stream, child: child ?? '' };
      }),
    );
    if (reached.length > 0) await directory.reachAll(tenant, reached);
  }
  return [...windows.values()].flatMap((window) => inPieces(window));
}

function inPieces(window: SendLines): readonly SendLines[] {
  const pieces: SendLines[] = [];
  for (let i = 0; i < window.lines.length; i += LINES_AT_ONCE)
    pieces.push({ ...window, lines: window.lines.slice(i, i + LINES_AT_ONCE) });
  return pieces;
}
