/**
 * The life of one control plane in a test. After its end every call it still makes hangs for ever, which is as close to
 * SIGKILL as one process allows: nothing it does has an effect, and no code of it runs on.
 */

export class Life {
  readonly #death = Promise.withResolvers<void>();
  isOver = false;

  get death(): Promise<void> {
    return this.#death.promise;
  }

  end(): void {
    this.isOver = true;
    this.#death.resolve();
  }

  /** Goes on when alive; never does when dead. */
  async pulse(): Promise<void> {
    if (this.isOver) await forever();
  }

  /** The same object, whose methods belong to this life: neither begin nor come back after its end. */
  bind<Port extends object>(port: Port): Port {
    return new Proxy(port, {
      get: (target, key) => {
        const value: unknown = Reflect.get(target, key, target);
        if (typeof value === "function")
          return this.#bindCall(target, value as (...args: unknown[]) => unknown);
        return typeof value === "object" && value !== null ? this.bind(value) : value;
      },
    });
  }

  #bindCall(target: object, method: (...args: unknown[]) => unknown) {
    return (...args: unknown[]): unknown => {
      if (this.isOver) return forever();
      const result = method.apply(target, args);
      if (!(result instanceof Promise)) return result;
      return this.#outlive(result);
    };
  }

  async #outlive(result: Promise<unknown>): Promise<unknown> {
    try {
      const value: unknown = await result;
      await this.pulse();
      return value;
    } catch (error) {
      await this.pulse();
      throw error;
    }
  }
}

function forever(): Promise<never> {
  return new Promise<never>(() => undefined);
}
