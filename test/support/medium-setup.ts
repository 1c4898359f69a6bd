export default async function setUpMediumTests(): Promise<void> {}
