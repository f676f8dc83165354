import { Server, ServerCredentials } from '@grpc/grpc-js';
import type { sendUnaryData } from '@grpc/grpc-js';
import { GossipService } from '@eventstore/db-client/generated/gossip_grpc_pb';
import * as gossip from '@eventstore/db-client/generated/gossip_pb';
import { ServerFeaturesService } from '@eventstore/db-client/generated/serverfeatures_grpc_pb';
import * as features from '@eventstore/db-client/generated/serverfeatures_pb';
import * as shared from '@eventstore/db-client/generated/shared_pb';
import { StreamsService } from '@eventstore/db-client/generated/streams_grpc_pb';

import { appendHandler, batchAppendHandler } from './append-service';
import { EventStore } from './event-store';
import { Misbehaviour } from './misbehaviour';
import { readHandler } from './read-service';
import type { Endpoint, ServerState } from './server-state';

const HOST = '127.0.0.1';
const DEFAULT_MAX_APPEND_BYTES = 1024 * 1024;

export interface EventStoreTestServer {
  /** Connection string for the client. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly misbehave: Misbehaviour;
  /** Cuts every connection, as if the process had been killed. The data stay. */
  stop(): Promise<void>;
  /** Listens again on the same port, over the data that were there. */
  restart(): Promise<void>;
}

export interface EventStoreTestServerOptions {
  /** A follower in the cluster of this server: the same data, and whoever insists on the leader is sent there. */
  readonly follows?: EventStoreTestServer;
  /** `MaxAppendSize`; what servers up to 25.0 have when nothing is set. */
  readonly maxAppendBytes?: number;
  /** How a conflict is told to an append in a call of its own: servers since 20.6.1 do so in the response. */
  readonly conflictsIn?: 'response' | 'trailers';
}

/** Speaks the protocol of EventStoreDB's own client, on loopback, over data in memory. */
export async function startEventStoreTestServer(
  options: EventStoreTestServerOptions = {},
): Promise<EventStoreTestServer> {
  const node = new Node(options);
  await node.restart();
  return node;
}

class Node implements EventStoreTestServer {
  readonly host = HOST;
  readonly misbehave = new Misbehaviour();
  port = 0;
  private server: Server | undefined;

  private readonly store: EventStore;
  private readonly leader: Endpoint | undefined;

  constructor(private readonly options: EventStoreTestServerOptions) {
    const { follows } = options;
    this.leader = follows;
    this.store = follows instanceof Node ? follows.store : new EventStore();
  }

  get url(): string {
    return `esdb://${this.host}:${this.port}?tls=false`;
  }

  async restart(): Promise<void> {
    const server = new Server({ 'grpc.max_receive_message_length': 17 * 1024 * 1024 });
    const state: ServerState = {
      store: this.store,
      misbehaviour: this.misbehave,
      maxAppendBytes: this.options.maxAppendBytes ?? DEFAULT_MAX_APPEND_BYTES,
      conflictsIn: this.options.conflictsIn ?? 'response',
      leader: this.leader,
    };
    server.addService(StreamsService, {
      read: readHandler(state),
      append: appendHandler(state),
      batchAppend: batchAppendHandler(state),
    });
    server.addService(GossipService, {
      read: (_call: unknown, callback: sendUnaryData<gossip.ClusterInfo>) =>
        callback(null, this.members()),
    });
    server.addService(ServerFeaturesService, {
      getSupportedMethods: (_call: unknown, callback: sendUnaryData<features.SupportedMethods>) =>
        callback(null, supportedMethods()),
    });
    this.port = await listen(server, this.port);
    this.server = server;
  }

  async stop(): Promise<void> {
    const { server } = this;
    if (!server) return;
    this.server = undefined;
    await new Promise<void>((resolve) => {
      server.tryShutdown(() => resolve());
      server.forceShutdown();
    });
  }

  private members(): gossip.ClusterInfo {
    const { LEADER, FOLLOWER } = gossip.MemberInfo.VNodeState;
    const info = new gossip.ClusterInfo();
    info.addMembers(memberOf(this, this.leader ? FOLLOWER : LEADER));
    if (this.leader) info.addMembers(memberOf(this.leader, LEADER));
    return info;
  }
}

function memberOf(
  { host, port }: Endpoint,
  state: gossip.MemberInfo.VNodeState,
): gossip.MemberInfo {
  const endpoint = new gossip.EndPoint();
  endpoint.setAddress(host);
  endpoint.setPort(port);
  const id = new shared.UUID();
  id.setString(crypto.randomUUID());
  const member = new gossip.MemberInfo();
  member.setInstanceId(id);
  member.setTimeStamp(String(Date.now()));
  member.setState(state);
  member.setIsAlive(true);
  member.setHttpEndPoint(endpoint);
  return member;
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(`${HOST}:${port}`, ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(error);
      else resolve(bound);
    });
  });
}

function supportedMethods(): features.SupportedMethods {
  const methods = new features.SupportedMethods();
  methods.setEventStoreServerVersion('24.10.0');
  for (const name of ['read', 'append', 'batchappend']) {
    const method = new features.SupportedMethod();
    method.setMethodName(name);
    method.setServiceName('event_store.client.streams.streams');
    methods.addMethods(method);
  }
  return methods;
}
