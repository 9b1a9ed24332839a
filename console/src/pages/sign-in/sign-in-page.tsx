/** Who signs in: with a name and a password, a link of `slipway console`, or the identity provider. */
import "./sign-in.css";
import Alert from "@cloudscape-design/components/alert";
import { type ReactNode, useEffect } from "react";
import type { SignInNotice } from "../../app/session-context.tsx";
import type { Session, Visitor } from "../../api/session.ts";
import { signInTexts } from "../../texts.ts";
import { FirstPasswordForm } from "./first-password-form.tsx";
import { LinkForm } from "./link-form.tsx";
import { PasswordForm } from "./password-form.tsx";

export interface SignInPageProps {
  /** Of somebody who must change the password first, or who came with a link; null: of nobody. */
  readonly session: Session | null;
  readonly visitor: Visitor | null;
  readonly notice: SignInNotice;
  /** Of `#link=…`. */
  readonly link: string | null;
  /** Used or not: it is not asked for again. */
  readonly onLinkDone: () => void;
  readonly onSession: (session: Session | null) => void;
}

export default function SignInPage(props: SignInPageProps) {
  const { session, visitor, notice, link, onLinkDone, onSession } = props;
  useEffect(() => {
    document.title = signInTexts.title;
  }, []);
  if (link !== null) {
    return (
      <Frame title={signInTexts.linkTitle}>
        <LinkForm link={link} present={session?.name ?? null} onDone={onLinkDone} onSession={onSession} />
      </Frame>
    );
  }
  if (session !== null) {
    return (
      <Frame title={signInTexts.changeTitle}>
        <FirstPasswordForm session={session} onSession={onSession} />
      </Frame>
    );
  }
  return (
    <Frame title={signInTexts.title}>
      {notice === "none" ? null : (
        <Alert type="info">{notice === "ended" ? signInTexts.ended : signInTexts.signedOut}</Alert>
      )}
      <PasswordForm hasProvider={visitor?.hasProvider === true} onSession={onSession} />
    </Frame>
  );
}

function Frame({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <main className="sign-in">
      <div className="sign-in-card">
        <div className="sign-in-brand">
          <img src="./icon.svg" alt="" width="44" height="44" />
          <div>
            <strong>{signInTexts.product}</strong>
            <span>{signInTexts.tagline}</span>
          </div>
        </div>
        <h1>{title}</h1>
        {children}
      </div>
    </main>
  );
}
