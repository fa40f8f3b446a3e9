/** What a feed is fed by, e.g. a subscription of the socket. */
export interface FeedSource {
  readonly ready: Promise<void>;
  readonly done: Promise<void>;
  close(): void;
}

/** One who follows. */
export interface Follower<Item> {
  readonly take: (item: Item) => void;
  /** The feed has ended; null: in peace. */
  readonly end: (error: unknown) => void;
}

/** What a feed's maker tells through. */
export interface Teller<Item> {
  /** @param asState whether it tells all that matters of what came before: who follows later gets it first */
  tell(item: Item, asState?: boolean): void;
  /** What was told as state holds no more. */
  forget(): void;
  fail(error: unknown): void;
}

interface Feed<Item> {
  readonly followers: Set<Follower<Item>>;
  readonly source: FeedSource;
  state: Item | null;
}

/**
 * Feeds by name, each with one source however many follow it: all get the same items in the order in which they began.
 * A feed begins with its first follower and ends with its last.
 */
export class SharedFeeds<Item> {
  readonly #feeds = new Map<string, Feed<Item>>();

  /** @param open makes the source; what it tells at once is not heard */
  follow(
    name: string,
    follower: Follower<Item>,
    open: (teller: Teller<Item>) => FeedSource,
  ): { readonly ready: Promise<void>; leave(): void } {
    const feed = this.#feeds.get(name) ?? this.#begin(name, open);
    feed.followers.add(follower);
    if (feed.state !== null) follower.take(feed.state);
    return { ready: feed.source.ready, leave: () => this.#leave(name, feed, follower) };
  }

  #begin(name: string, open: (teller: Teller<Item>) => FeedSource): Feed<Item> {
    const followers = new Set<Follower<Item>>();
    const source = open({
      tell: (item, asState = false) => {
        if (asState) feed.state = item;
        // who leaves or joins meanwhile: the copy holds those who were there
        for (const follower of [...followers]) if (followers.has(follower)) follower.take(item);
      },
      forget: () => {
        feed.state = null;
      },
      fail: (error) => this.#end(name, feed, error),
    });
    const feed: Feed<Item> = { followers, source, state: null };
    this.#feeds.set(name, feed);
    source.ready.catch(() => {}); // each follower hears of it through `done`
    source.done.then(
      () => this.#end(name, feed, null),
      (error: unknown) => this.#end(name, feed, error),
    );
    return feed;
  }

  #leave(name: string, feed: Feed<Item>, follower: Follower<Item>): void {
    if (feed.followers.delete(follower) && feed.followers.size === 0) this.#drop(name, feed);
  }

  #end(name: string, feed: Feed<Item>, error: unknown): void {
    const followers = [...feed.followers];
    feed.followers.clear();
    this.#drop(name, feed);
    for (const follower of followers) follower.end(error);
  }

  #drop(name: string, feed: Feed<Item>): void {
    if (this.#feeds.get(name) === feed) this.#feeds.delete(name);
    feed.source.close();
  }
}
