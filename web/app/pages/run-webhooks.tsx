import { PageHead } from '../parts/page-head';

export default function RunWebhooks() {
  return <PageHead title="run webhooks" />;
}
