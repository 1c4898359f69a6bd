export const BOARD_PATH = '/admin/queues';
export const SESSION_PATH = `${BOARD_PATH}/session`;
export const SIGN_OUT_PATH = `${BOARD_PATH}/sign-out`;
