// The vocabulary in which a service model is written down as data: the generated App Runner model and our own
// hand-written one use the same words, so one validator and one codec serve both. No behaviour here.

/** Types that need no shape of their own. A "long" is any integer that a JSON number carries exactly. */
export interface ScalarTypes {
  readonly string: string;
  /** 32-bit signed integer. */
  readonly integer: number;
  /** Integer up to 2^53 - 1, for instance milliseconds since 1970. */
  readonly long: number;
  /** Any finite number. */
  readonly double: number;
  readonly boolean: boolean;
  /** On the wire a number: seconds since 1970 with a fraction. In the program a Date. */
  readonly timestamp: Date;
}

/** The name of a scalar or of a shape in the same model. */
export type TypeName = string;

export interface Member {
  readonly type: TypeName;
  readonly required?: true;
  /** Meaning and unit; only in our own model, AWS documents its own. */
  readonly says?: string;
}

export type StructureShape = {
  readonly kind: "structure";
  readonly members: Readonly<Record<string, Member>>;
};
export type ListShape = { readonly kind: "list"; readonly element: TypeName };
export type MapShape = { readonly kind: "map"; readonly key: TypeName; readonly value: TypeName };
export type EnumShape = { readonly kind: "enum"; readonly values: readonly string[] };
/** A string whose content must never appear in a message or a log. */
export type SensitiveShape = { readonly kind: "sensitive" };

/** Only in outputs: events that go on, each a name and a structure; an exception is the last one. */
export type EventStreamShape = {
  readonly kind: "eventStream";
  readonly events: Readonly<Record<string, TypeName>>;
  readonly exceptions: Readonly<Record<string, TypeName>>;
};

export type Shape = StructureShape | ListShape | MapShape | EnumShape | SensitiveShape | EventStreamShape;
export type Shapes = Readonly<Record<TypeName, Shape>>;

export interface OperationModel {
  /** Name of the input structure. */
  readonly input: TypeName;
  /** Name of the output structure. */
  readonly output: TypeName;
  /** Codes of the errors the model names for this operation; the common errors can always occur as well. */
  readonly errors: readonly string[];
  /** What it does; only in our own model. */
  readonly says?: string;
}
export type OperationModels = Readonly<Record<string, OperationModel>>;

/** The TypeScript type of `Name` in the model `Model`; timestamps are Dates, maps are records. */
export type TypeOf<Model, Name> = Name extends keyof ScalarTypes
  ? ScalarTypes[Name]
  : Name extends keyof Model
    ? TypeOfShape<Model, Model[Name]>
    : never;

type TypeOfShape<Model, S> = S extends { readonly kind: "structure"; readonly members: infer Members }
  ? TypeOfMembers<Model, Members>
  : S extends { readonly kind: "list"; readonly element: infer Element }
    ? readonly TypeOf<Model, Element>[]
    : S extends { readonly kind: "map"; readonly value: infer Value }
      ? Readonly<Record<string, TypeOf<Model, Value>>>
      : S extends { readonly kind: "enum"; readonly values: readonly (infer Value)[] }
        ? Value
        : S extends {
              readonly kind: "eventStream";
              readonly events: infer Events;
              readonly exceptions: infer Exceptions;
            }
          ? AsyncIterable<EventOf<Model, Events> | EventOf<Model, Exceptions>>
          : string;

type EventOf<Model, Events> = {
  readonly [Name in keyof Events]: { readonly event: Name; readonly value: TypeOf<Model, Events[Name]> };
}[keyof Events];

type RequiredKeys<Members> = {
  [K in keyof Members]: Members[K] extends { readonly required: true } ? K : never;
}[keyof Members];
type MemberType<Model, M> = M extends { readonly type: infer Name } ? TypeOf<Model, Name> : never;
type Flat<T> = { [K in keyof T]: T[K] };
type TypeOfMembers<Model, Members> = Flat<
  { readonly [K in RequiredKeys<Members>]: MemberType<Model, Members[K]> } & {
    readonly [K in Exclude<keyof Members, RequiredKeys<Members>>]?: MemberType<Model, Members[K]> | undefined;
  }
>;
