import { PageHead } from '../parts/page-head';

export default function Borrow() {
  return <PageHead title="borrow" />;
}
