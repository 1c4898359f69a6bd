export default async function tearDownMediumTests(): Promise<void> {}
