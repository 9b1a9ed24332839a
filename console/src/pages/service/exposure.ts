/** What a change does to who may call a service. Pure; said before it is made. */

/** `published`: everybody may call it then; `withdrawn`: the public listener does not know it any more. */
export type ExposureChange = "published" | "withdrawn";

interface Networked {
  readonly NetworkConfiguration?:
    | { readonly IngressConfiguration?: { readonly IsPubliclyAccessible?: boolean | undefined } | undefined }
    | undefined;
}

/** As App Runner has it: public unless it says otherwise. */
export function isPublic({ NetworkConfiguration: network }: Networked): boolean {
  return network?.IngressConfiguration?.IsPubliclyAccessible ?? true;
}

/** Null: it stays as it is. */
export function exposureChange(isPublicNow: boolean, willBePublic: boolean): ExposureChange | null {
  if (isPublicNow === willBePublic) return null;
  return willBePublic ? "published" : "withdrawn";
}
