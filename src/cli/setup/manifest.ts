/** The App as GitHub shall make it: the least that the relay works with. */
import {
  COMMENT_EVENTS,
  COMMENT_PERMISSIONS,
  NEEDED_EVENTS,
  NEEDED_PERMISSIONS,
  REPORT_PERMISSIONS,
  USEFUL_EVENTS,
} from "../../doctor/requirements.ts";

export interface ManifestOrder {
  readonly name: string;
  readonly relayUrl: string;
  /** Where GitHub sends the browser with the code. */
  readonly redirectUrl: string;
  /** Commands in comments, and a comment that reports. */
  readonly comments: boolean;
  /** Other accounts may install it. */
  readonly isPublic: boolean;
}

/** GitHub refuses longer names. */
export const LONGEST_APP_NAME = 34;

/** Builds the manifest, with GitHub's names. */
export function buildManifest(order: ManifestOrder) {
  const { name, relayUrl, redirectUrl, comments, isPublic } = order;
  return {
    name,
    url: relayUrl,
    description: "Publishes one trusted image build for each merged pull request.",
    public: isPublic,
    hook_attributes: { url: `${relayUrl}/webhooks/github`, active: true },
    redirect_url: redirectUrl,
    callback_urls: [`${relayUrl}/auth/callback`],
    request_oauth_on_install: false,
    default_permissions: {
      ...NEEDED_PERMISSIONS,
      ...REPORT_PERMISSIONS,
      ...(comments ? COMMENT_PERMISSIONS : {}),
    },
    default_events: [
      ...Object.keys(NEEDED_EVENTS),
      ...USEFUL_EVENTS,
      ...(comments ? COMMENT_EVENTS : []),
    ],
  };
}
